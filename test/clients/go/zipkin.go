package main

import (
	"log"
	"net"
	"os"
	"strings"

	"github.com/openzipkin/zipkin-go"
	"github.com/openzipkin/zipkin-go/model"
	"github.com/openzipkin/zipkin-go/proto/zipkin_proto3"
	"github.com/openzipkin/zipkin-go/reporter/http"
)

// startZipkin makes a span whose values are the text the story has: Zipkin knows no types.
func startZipkin(tracer *zipkin.Tracer, told span, parent zipkin.Span) zipkin.Span {
	tags := map[string]string{}
	for _, one := range told.Attributes {
		tags[one.Key] = one.Value
	}
	if told.Status == "error" {
		tags["error"] = told.Message
	}
	options := []zipkin.SpanOption{zipkin.StartTime(told.start()), zipkin.Tags(tags)}
	if told.Kind != "internal" {
		options = append(options, zipkin.Kind(model.Kind(strings.ToUpper(told.Kind))))
	}
	if parent != nil {
		options = append(options, zipkin.Parent(parent.Context()))
	}
	if told.Peer != nil {
		options = append(options, zipkin.RemoteEndpoint(&model.Endpoint{
			ServiceName: told.Peer.Service,
			IPv4:        net.ParseIP(told.Peer.IPv4),
			Port:        told.Peer.Port,
		}))
	}
	started := tracer.StartSpan(told.Name, options...)
	for _, happened := range told.Events {
		started.Annotate(happened.time(), happened.Name)
	}
	return started
}

func sendZipkin(read task) sent {
	options := []http.ReporterOption{http.Logger(log.New(os.Stderr, "", 0))}
	if read.Protocol == "v2-proto" {
		options = append(options, http.Serializer(zipkin_proto3.SpanSerializer{}))
	}
	reporter := http.NewReporter(read.Endpoint, options...)
	tracer := must(zipkin.NewTracer(reporter,
		zipkin.WithTraceID128Bit(true),
		zipkin.WithLocalEndpoint(&model.Endpoint{
			ServiceName: read.Story.Service,
			IPv4:        net.ParseIP("10.0.0.1"),
			Port:        8080,
		})))
	spans := map[string]zipkin.Span{}
	answer := sent{SpanIDs: map[string]string{}}
	for _, told := range read.Story.Spans {
		started := startZipkin(tracer, told, spans[told.Parent])
		spans[told.Name] = started
		answer.TraceID = started.Context().TraceID.String()
		answer.SpanIDs[told.Name] = started.Context().ID.String()
	}
	for _, told := range read.Story.Spans {
		spans[told.Name].FinishedWithDuration(told.duration())
	}
	check(reporter.Close())
	return answer
}
