package main

import (
	"context"
	"net"

	"go.opentelemetry.io/otel/attribute"
	"go.opentelemetry.io/otel/codes"
	"go.opentelemetry.io/otel/exporters/jaeger"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracegrpc"
	"go.opentelemetry.io/otel/exporters/otlp/otlptrace/otlptracehttp"
	"go.opentelemetry.io/otel/sdk/resource"
	sdktrace "go.opentelemetry.io/otel/sdk/trace"
	"go.opentelemetry.io/otel/trace"
)

var spanKinds = map[string]trace.SpanKind{
	"internal": trace.SpanKindInternal,
	"server":   trace.SpanKindServer,
	"client":   trace.SpanKindClient,
	"consumer": trace.SpanKindConsumer,
}

func otelExporter(ctx context.Context, protocol, endpoint string) sdktrace.SpanExporter {
	switch protocol {
	case "otlp-grpc":
		return must(otlptracegrpc.New(ctx, otlptracegrpc.WithEndpointURL(endpoint)))
	case "otlp-grpc-gzip":
		return must(otlptracegrpc.New(ctx,
			otlptracegrpc.WithEndpointURL(endpoint), otlptracegrpc.WithCompressor("gzip")))
	case "otlp-http":
		return must(otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint)))
	case "otlp-http-gzip":
		return must(otlptracehttp.New(ctx, otlptracehttp.WithEndpointURL(endpoint),
			otlptracehttp.WithCompression(otlptracehttp.GzipCompression)))
	case "jaeger-udp":
		host, port, err := net.SplitHostPort(endpoint)
		check(err)
		return must(jaeger.New(
			jaeger.WithAgentEndpoint(jaeger.WithAgentHost(host), jaeger.WithAgentPort(port))))
	case "jaeger-http":
		return must(jaeger.New(jaeger.WithCollectorEndpoint(jaeger.WithEndpoint(endpoint))))
	}
	panic("no such protocol: " + protocol)
}

func keyValues(attributes []tag) []attribute.KeyValue {
	var values []attribute.KeyValue
	for _, one := range attributes {
		key := attribute.Key(one.Key)
		switch value := one.value().(type) {
		case string:
			values = append(values, key.String(value))
		case bool:
			values = append(values, key.Bool(value))
		case int64:
			values = append(values, key.Int64(value))
		case float64:
			values = append(values, key.Float64(value))
		case []string:
			values = append(values, key.StringSlice(value))
		}
	}
	return values
}

func otelLink(told link) trace.Link {
	return trace.Link{
		SpanContext: trace.NewSpanContext(trace.SpanContextConfig{
			TraceID:    must(trace.TraceIDFromHex(told.TraceID)),
			SpanID:     must(trace.SpanIDFromHex(told.SpanID)),
			TraceFlags: trace.FlagsSampled,
			Remote:     true,
		}),
		Attributes: keyValues(told.Attributes),
	}
}

func startOtel(tracer trace.Tracer, told span, parent trace.Span) trace.Span {
	ctx := context.Background()
	if parent != nil {
		ctx = trace.ContextWithSpan(ctx, parent)
	}
	var links []trace.Link
	for _, other := range told.Links {
		links = append(links, otelLink(other))
	}
	_, started := tracer.Start(ctx, told.Name,
		trace.WithSpanKind(spanKinds[told.Kind]),
		trace.WithTimestamp(told.start()),
		trace.WithAttributes(keyValues(told.Attributes)...),
		trace.WithLinks(links...))
	for _, happened := range told.Events {
		started.AddEvent(happened.Name, trace.WithTimestamp(happened.time()),
			trace.WithAttributes(keyValues(happened.Attributes)...))
	}
	switch told.Status {
	case "ok":
		started.SetStatus(codes.Ok, "")
	case "error":
		started.SetStatus(codes.Error, told.Message)
	}
	return started
}

func sendOtel(read task) sent {
	ctx := context.Background()
	described := append(keyValues(read.Story.Resource),
		attribute.String("service.name", read.Story.Service))
	provider := sdktrace.NewTracerProvider(
		sdktrace.WithBatcher(otelExporter(ctx, read.Protocol, read.Endpoint)),
		sdktrace.WithResource(resource.NewSchemaless(described...)))
	scope := read.Story.Scope
	tracer := provider.Tracer(scope.Name, trace.WithInstrumentationVersion(scope.Version))
	spans := map[string]trace.Span{}
	answer := sent{SpanIDs: map[string]string{}}
	for _, told := range read.Story.Spans {
		started := startOtel(tracer, told, spans[told.Parent])
		spans[told.Name] = started
		answer.TraceID = started.SpanContext().TraceID().String()
		answer.SpanIDs[told.Name] = started.SpanContext().SpanID().String()
	}
	for _, told := range read.Story.Spans {
		spans[told.Name].End(trace.WithTimestamp(told.start().Add(told.duration())))
	}
	check(provider.Shutdown(ctx))
	return answer
}
