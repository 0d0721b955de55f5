"""Sends the story with py_zipkin, whose transport tells the path from the encoding. Zipkin knows no
types: values go as the text the story has."""

from urllib.parse import urlsplit

from py_zipkin import Encoding, Kind
from py_zipkin.encoding import Span, create_endpoint, get_encoder
from py_zipkin.transport import SimpleHTTPTransport
from py_zipkin.util import generate_random_64bit_string, generate_random_128bit_string

from story import print_sent, read_task

ENCODINGS = {
    "v1-thrift": Encoding.V1_THRIFT,
    "v1-json": Encoding.V1_JSON,
    "v2-json": Encoding.V2_JSON,
    "v2-proto": Encoding.V2_PROTO3,
}


def tags_of(told):
    tags = {attribute["key"]: attribute["value"] for attribute in told["attributes"]}
    return {**tags, "error": told["message"]} if told["status"] == "error" else tags


def remote_of(told):
    peer = told["peer"]
    if peer is None:
        return None
    return create_endpoint(peer["port"], peer["service"], peer["ipv4"])


def send(story, protocol, endpoint):
    encoder = get_encoder(ENCODINGS[protocol])
    local = create_endpoint(8080, story["service"], "10.0.0.1")
    trace_id = generate_random_128bit_string()
    span_ids = {}
    queue = []
    for told in story["spans"]:
        span_ids[told["name"]] = generate_random_64bit_string()
        span = Span(
            trace_id=trace_id,
            name=told["name"],
            parent_id=span_ids.get(told["parent"]),
            span_id=span_ids[told["name"]],
            kind=Kind.LOCAL if told["kind"] == "internal" else Kind[told["kind"].upper()],
            timestamp=told["startMicros"] / 1e6,
            duration=told["durationMicros"] / 1e6,
            local_endpoint=local,
            remote_endpoint=remote_of(told),
            annotations={event["name"]: event["micros"] / 1e6 for event in told["events"]},
            tags=tags_of(told),
        )
        queue.append(encoder.encode_span(span))
    address = urlsplit(endpoint)
    SimpleHTTPTransport(address.hostname, address.port).send(encoder.encode_queue(queue))
    print_sent(trace_id, span_ids)


task = read_task()
send(task["story"], task["protocol"], task["endpoint"])
