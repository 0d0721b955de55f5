"""Sends the story with the OpenTelemetry SDK of its environment and the exporter the task names."""

from opentelemetry.sdk.resources import Resource
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import BatchSpanProcessor
from opentelemetry.trace import (
    Link,
    SpanContext,
    SpanKind,
    Status,
    StatusCode,
    TraceFlags,
    set_span_in_context,
)

from story import print_sent, read_task, values_of


def exporter_of(protocol, endpoint):
    """Imports only what it uses: the environments hold different exporters."""
    host, _, port = endpoint.rpartition(":")
    if protocol.startswith("otlp-http"):
        from opentelemetry.exporter.otlp.proto.http import Compression
        from opentelemetry.exporter.otlp.proto.http.trace_exporter import OTLPSpanExporter

        packed = {"otlp-http-gzip": Compression.Gzip, "otlp-http-deflate": Compression.Deflate}
        return OTLPSpanExporter(
            endpoint=endpoint, compression=packed.get(protocol, Compression.NoCompression)
        )
    if protocol.startswith("otlp-grpc"):
        from grpc import Compression
        from opentelemetry.exporter.otlp.proto.grpc.trace_exporter import OTLPSpanExporter

        packed = {"otlp-grpc-gzip": Compression.Gzip}
        return OTLPSpanExporter(
            endpoint=endpoint,
            insecure=True,
            compression=packed.get(protocol, Compression.NoCompression),
        )
    if protocol == "zipkin-json":
        from opentelemetry.exporter.zipkin.json import ZipkinExporter

        return ZipkinExporter(endpoint=endpoint)
    if protocol == "zipkin-proto":
        from opentelemetry.exporter.zipkin.proto.http import ZipkinExporter

        return ZipkinExporter(endpoint=endpoint)
    if protocol == "jaeger-grpc":
        from opentelemetry.exporter.jaeger.proto.grpc import JaegerExporter

        return JaegerExporter(collector_endpoint=endpoint, insecure=True)
    from opentelemetry.exporter.jaeger.thrift import JaegerExporter

    if protocol == "jaeger-udp":
        return JaegerExporter(agent_host_name=host, agent_port=int(port))
    if protocol == "jaeger-http":
        # The agent's address is looked up even by an exporter that never sends to it.
        return JaegerExporter(agent_host_name="127.0.0.1", collector_endpoint=endpoint)
    raise ValueError(protocol)


def link_of(link):
    context = SpanContext(
        int(link["traceId"], 16), int(link["spanId"], 16), True, TraceFlags(TraceFlags.SAMPLED)
    )
    return Link(context, values_of(link["attributes"]))


def send(story, exporter):
    resource = Resource({"service.name": story["service"], **values_of(story["resource"])})
    provider = TracerProvider(resource=resource)
    provider.add_span_processor(BatchSpanProcessor(exporter))
    tracer = provider.get_tracer(story["scope"]["name"], story["scope"]["version"])
    spans = {}
    for told in story["spans"]:
        parent = spans.get(told["parent"])
        span = tracer.start_span(
            told["name"],
            context=None if parent is None else set_span_in_context(parent),
            kind=SpanKind[told["kind"].upper()],
            attributes=values_of(told["attributes"]),
            links=[link_of(link) for link in told["links"]],
            start_time=told["startMicros"] * 1000,
        )
        for event in told["events"]:
            span.add_event(event["name"], values_of(event["attributes"]), event["micros"] * 1000)
        if told["status"] != "unset":
            span.set_status(Status(StatusCode[told["status"].upper()], told["message"] or None))
        spans[told["name"]] = span
    for told in story["spans"]:
        spans[told["name"]].end((told["startMicros"] + told["durationMicros"]) * 1000)
    provider.shutdown()
    contexts = {name: span.get_span_context() for name, span in spans.items()}
    root = contexts[story["spans"][0]["name"]]
    print_sent(
        format(root.trace_id, "032x"),
        {name: format(context.span_id, "016x") for name, context in contexts.items()},
    )


task = read_task()
send(task["story"], exporter_of(task["protocol"], task["endpoint"]))
