// Command clients sends a story with the Go client its first argument names: the task comes in on
// standard input as JSON, the ids go out on standard output (see ../story.ts).
package main

import (
	"encoding/json"
	"fmt"
	"os"
	"strconv"
	"time"
)

type task struct {
	Protocol   string
	Endpoint   string
	Story      story
	Service    string
	Operations []string
}

type story struct {
	Service  string
	Resource []tag
	Scope    struct{ Name, Version string }
	Spans    []span
}

type span struct {
	Name, Parent, Kind, Status, Message string
	StartMicros, DurationMicros         int64
	Attributes                          []tag
	Events                              []event
	Links                               []link
	Peer                                *peer
}

// tag is one attribute, its value as text.
type tag struct{ Key, Type, Value string }

type event struct {
	Name       string
	Micros     int64
	Attributes []tag
}

type link struct {
	TraceID    string `json:"traceId"`
	SpanID     string `json:"spanId"`
	Attributes []tag
}

type peer struct {
	Service, IPv4 string
	Port          uint16
}

type sent struct {
	TraceID string            `json:"traceId"`
	SpanIDs map[string]string `json:"spanIds"`
}

func (s span) start() time.Time { return time.UnixMicro(s.StartMicros) }

func (s span) duration() time.Duration { return time.Duration(s.DurationMicros) * time.Microsecond }

func (e event) time() time.Time { return time.UnixMicro(e.Micros) }

// value returns the value of the attribute's own type.
func (t tag) value() any {
	switch t.Type {
	case "string":
		return t.Value
	case "bool":
		return t.Value == "true"
	case "int":
		return must(strconv.ParseInt(t.Value, 10, 64))
	case "double":
		return must(strconv.ParseFloat(t.Value, 64))
	case "strings":
		var list []string
		check(json.Unmarshal([]byte(t.Value), &list))
		return list
	}
	panic("no such type: " + t.Type)
}

func main() {
	var read task
	check(json.NewDecoder(os.Stdin).Decode(&read))
	var answer any
	switch os.Args[1] {
	case "otel":
		answer = sendOtel(read)
	case "jaeger":
		answer = sendJaeger(read)
	case "zipkin":
		answer = sendZipkin(read)
	case "jaeger-sampling":
		answer = askSampling(read)
	default:
		panic("no such client: " + os.Args[1])
	}
	check(json.NewEncoder(os.Stdout).Encode(answer))
}

func check(err error) {
	if err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
}

func must[T any](value T, err error) T {
	check(err)
	return value
}
