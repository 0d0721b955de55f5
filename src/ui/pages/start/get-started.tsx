import './get-started.css';
import { useQueryClient } from '@tanstack/react-query';
import { type ReactElement, useState } from 'react';
import { CopyButton } from '../../components/copy-button.tsx';
import { goTo, traceHref } from '../../routing.ts';
import { text } from '../../text/common-text.ts';
import { startText } from '../../text/start-text.ts';

/** What to do while nothing has been stored yet, with commands for this very address. */
export function GetStarted(): ReactElement {
  const host = location.hostname;
  const otlp = `http://${host}:4318`;
  return (
    <section className="get-started">
      <h1>{startText.firstTitle}</h1>
      <p className="muted" role="status">
        {startText.firstHint}
      </p>
      <Command
        title={startText.firstSdk}
        command={`export OTEL_EXPORTER_OTLP_ENDPOINT=${otlp}\nexport OTEL_SERVICE_NAME=my-service`}
      />
      <Command title={startText.firstCurl} command={exampleSpan(otlp)} />
      <ExampleTrace />
      <p className="muted">{startText.firstPorts}</p>
      <p className="muted">{startText.firstCluster}</p>
    </section>
  );
}

/** Shows what a trace looks like before there is one. Nothing of it leaves the browser. */
function ExampleTrace(): ReactElement {
  const client = useQueryClient();
  const [failed, setFailed] = useState(false);
  const open = async (): Promise<void> => {
    try {
      const { openExample } = await import('./example-trace.ts');
      goTo(traceHref(openExample(client, Date.now())));
    } catch {
      setFailed(true);
    }
  };
  return (
    <div className="get-started-example">
      <button type="button" className="button" onClick={() => void open()}>
        {startText.example}
      </button>
      <span className="muted" role="status">
        {failed ? text.outdatedTitle : startText.exampleHint}
      </span>
    </div>
  );
}

function Command({ title, command }: { title: string; command: string }): ReactElement {
  return (
    <figure>
      <figcaption>{title}</figcaption>
      <div className="command">
        {/* It may scroll sideways, so the keyboard must reach it. */}
        <pre tabIndex={0} aria-label={title}>
          {command}
        </pre>
        <CopyButton value={command} label={text.copy} />
      </div>
    </figure>
  );
}

/** The shell fills in the ids and the time, so that each run is a new trace. */
function exampleSpan(otlp: string): string {
  return [
    `curl -sS ${otlp}/v1/traces -H 'content-type: application/json' -d '{`,
    `  "resourceSpans": [{`,
    `    "resource": {"attributes": [{"key": "service.name", "value": {"stringValue": "my-service"}}]},`,
    `    "scopeSpans": [{"spans": [{`,
    `      "traceId": "'$(openssl rand -hex 16)'", "spanId": "'$(openssl rand -hex 8)'",`,
    `      "name": "hello", "kind": 2,`,
    `      "startTimeUnixNano": "'$(date +%s)'000000000", "endTimeUnixNano": "'$(date +%s)'250000000"`,
    `    }]}]`,
    `  }]`,
    `}'`,
  ].join('\n');
}
