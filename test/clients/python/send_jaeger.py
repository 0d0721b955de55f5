"""Sends the story with Jaeger's own client, which speaks thrift over UDP and nothing else."""

import time

from jaeger_client import Config
from jaeger_client.span_context import SpanContext
from opentracing import Reference, ReferenceType

from story import print_sent, read_task, values_of

CLOSE_SECONDS = 10


def references_of(told, spans):
    references = []
    parent = spans.get(told["parent"])
    if parent is not None:
        references.append(Reference(ReferenceType.CHILD_OF, parent.context))
    for link in told["links"]:
        context = SpanContext(int(link["traceId"], 16), int(link["spanId"], 16), None, 1)
        references.append(Reference(ReferenceType.FOLLOWS_FROM, context))
    return references


def send(story, endpoint):
    host, _, port = endpoint.rpartition(":")
    config = Config(
        config={
            "sampler": {"type": "const", "param": 1},
            "local_agent": {"reporting_host": host, "reporting_port": int(port)},
            "generate_128bit_trace_id": True,
            "tags": values_of(story["resource"]),
        },
        service_name=story["service"],
        validate=True,
    )
    tracer = config.initialize_tracer()
    spans = {}
    for told in story["spans"]:
        span = tracer.start_span(
            told["name"],
            references=references_of(told, spans),
            tags={"span.kind": told["kind"], **values_of(told["attributes"])},
            start_time=told["startMicros"] / 1e6,
        )
        for event in told["events"]:
            fields = {"event": event["name"], **values_of(event["attributes"])}
            span.log_kv(fields, timestamp=event["micros"] / 1e6)
        if told["status"] == "error":
            span.set_tag("error", True)
        spans[told["name"]] = span
    for told in story["spans"]:
        spans[told["name"]].finish((told["startMicros"] + told["durationMicros"]) / 1e6)
    closed = tracer.close()
    end = time.monotonic() + CLOSE_SECONDS
    while not closed.done():
        if time.monotonic() > end:
            raise TimeoutError("the client did not flush")
        time.sleep(0.005)
    root = spans[story["spans"][0]["name"]]
    print_sent(
        format(root.trace_id, "032x"),
        {name: format(span.span_id, "016x") for name, span in spans.items()},
    )


task = read_task()
send(task["story"], task["endpoint"])
