"""What every client program here has in common: the task comes in on standard input as JSON
({protocol, endpoint, story}), the ids go out on standard output (see story.ts)."""

import json
import sys


def read_task():
    return json.load(sys.stdin)


def value_of(attribute):
    """The value as Python has it, of the attribute's own type."""
    kind, text = attribute["type"], attribute["value"]
    if kind == "bool":
        return text == "true"
    if kind == "int":
        return int(text)
    if kind == "double":
        return float(text)
    return json.loads(text) if kind == "strings" else text


def values_of(attributes):
    return {attribute["key"]: value_of(attribute) for attribute in attributes}


def print_sent(trace_id, span_ids):
    json.dump({"traceId": trace_id, "spanIds": span_ids}, sys.stdout)
