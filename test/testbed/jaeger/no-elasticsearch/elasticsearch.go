// Package elasticsearch stands in for the client of Elasticsearch, which no test here uses: its 850
// packages would take longer to compile than half of Jaeger. It has what Jaeger mentions of it.
package elasticsearch

import (
	"errors"
	"net/http"

	"github.com/elastic/go-elasticsearch/v9/esapi"
)

type Config struct {
	Addresses            []string
	Username             string
	Password             string
	DiscoverNodesOnStart bool
	CompressRequestBody  bool
	Header               http.Header
	Transport            http.RoundTripper
}

type Client struct {
	Indices *esapi.Indices
}

func NewClient(Config) (*Client, error) {
	return nil, errors.New("this Jaeger is built without Elasticsearch")
}
