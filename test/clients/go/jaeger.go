package main

import (
	"fmt"
	"time"

	"github.com/opentracing/opentracing-go"
	"github.com/opentracing/opentracing-go/log"
	"github.com/uber/jaeger-client-go"
	"github.com/uber/jaeger-client-go/transport"
)

func jaegerTransport(protocol, endpoint string) jaeger.Transport {
	if protocol == "http" {
		return transport.NewHTTPTransport(endpoint)
	}
	return must(jaeger.NewUDPTransport(endpoint, 0))
}

func jaegerFields(told event) []log.Field {
	fields := []log.Field{log.String("event", told.Name)}
	for _, one := range told.Attributes {
		switch value := one.value().(type) {
		case string:
			fields = append(fields, log.String(one.Key, value))
		case bool:
			fields = append(fields, log.Bool(one.Key, value))
		case int64:
			fields = append(fields, log.Int64(one.Key, value))
		case float64:
			fields = append(fields, log.Float64(one.Key, value))
		}
	}
	return fields
}

func startJaeger(tracer opentracing.Tracer, told span, parent opentracing.Span) opentracing.Span {
	options := []opentracing.StartSpanOption{
		opentracing.StartTime(told.start()),
		opentracing.Tag{Key: "span.kind", Value: told.Kind},
	}
	if parent != nil {
		options = append(options, opentracing.ChildOf(parent.Context()))
	}
	for _, other := range told.Links {
		text := fmt.Sprintf("%s:%s:0:1", other.TraceID, other.SpanID)
		options = append(options, opentracing.FollowsFrom(must(jaeger.ContextFromString(text))))
	}
	for _, one := range told.Attributes {
		options = append(options, opentracing.Tag{Key: one.Key, Value: one.value()})
	}
	return tracer.StartSpan(told.Name, options...)
}

func finishJaeger(started opentracing.Span, told span) {
	if told.Status == "error" {
		started.SetTag("error", true)
	}
	var records []opentracing.LogRecord
	for _, happened := range told.Events {
		records = append(records,
			opentracing.LogRecord{Timestamp: happened.time(), Fields: jaegerFields(happened)})
	}
	started.FinishWithOptions(opentracing.FinishOptions{
		FinishTime: told.start().Add(told.duration()),
		LogRecords: records,
	})
}

func sendJaeger(read task) sent {
	options := []jaeger.TracerOption{jaeger.TracerOptions.Gen128Bit(true)}
	for _, one := range read.Story.Resource {
		options = append(options, jaeger.TracerOptions.Tag(one.Key, one.value()))
	}
	reporter := jaeger.NewRemoteReporter(jaegerTransport(read.Protocol, read.Endpoint),
		jaeger.ReporterOptions.Logger(jaeger.StdLogger))
	tracer, closer := jaeger.NewTracer(
		read.Story.Service, jaeger.NewConstSampler(true), reporter, options...)
	spans := map[string]opentracing.Span{}
	answer := sent{SpanIDs: map[string]string{}}
	for _, told := range read.Story.Spans {
		started := startJaeger(tracer, told, spans[told.Parent])
		spans[told.Name] = started
		context := started.Context().(jaeger.SpanContext)
		answer.TraceID = fmt.Sprintf("%016x%016x", context.TraceID().High, context.TraceID().Low)
		answer.SpanIDs[told.Name] = fmt.Sprintf("%016x", uint64(context.SpanID()))
	}
	for _, told := range read.Story.Spans {
		finishJaeger(spans[told.Name], told)
	}
	check(closer.Close())
	return answer
}

// askSampling tells what the strategy a server has for the service decides, by operation.
func askSampling(read task) map[string]bool {
	sampler := jaeger.NewRemotelyControlledSampler(read.Service,
		jaeger.SamplerOptions.SamplingServerURL("http://"+read.Endpoint+"/sampling"),
		// The only refresh is the one below.
		jaeger.SamplerOptions.SamplingRefreshInterval(time.Hour),
		jaeger.SamplerOptions.InitialSampler(jaeger.NewConstSampler(false)))
	defer sampler.Close()
	sampler.UpdateSampler()
	tracer, closer := jaeger.NewTracer(read.Service, sampler, jaeger.NewNullReporter())
	defer closer.Close()
	decisions := map[string]bool{}
	for _, operation := range read.Operations {
		// A client samples one trace a second of an operation whatever its rate.
		tracer.StartSpan(operation)
		started := tracer.StartSpan(operation).(*jaeger.Span)
		decisions[operation] = started.SpanContext().IsSampled()
	}
	return decisions
}
