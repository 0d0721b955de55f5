import './genai-section.css';
import type { ReactElement } from 'react';
import { type GenAiMessage, type GenAiPart, readGenAi } from '../../../model/genai-span.ts';
import { readJson } from '../../../model/json-tree.ts';
import type { TextAttribute, TimelineEvent } from '../../../model/timeline-span.ts';
import { SafeText } from '../../components/safe-text.tsx';
import { traceText } from '../../text/trace-text.ts';
import { JsonValue } from './json-value.tsx';
import { LongText } from './long-text.tsx';
import { SpanSection } from './span-section.tsx';

interface GenAiSectionProps {
  readonly tags: readonly TextAttribute[];
  readonly events: readonly TimelineEvent[];
}

/** The talk with a model, as far as a span tells it. What the model wrote is text, whatever is in it. */
export function GenAiSection({ tags, events }: GenAiSectionProps): ReactElement {
  const { facts, messages } = readGenAi(tags, events);
  return (
    <SpanSection
      title={traceText.spanTypes.genai}
      count={Math.max(messages.length, Math.min(1, facts.length))}
      open
    >
      <div className="genai">
        <dl>
          {facts.map(({ name, value }) => (
            <div key={name}>
              <dt className="muted">{traceText.genAiFacts[name]}</dt>
              <dd className="numbers">
                <SafeText>{value}</SafeText>
              </dd>
            </div>
          ))}
        </dl>
        <ol>
          {messages.map((message, index) => (
            <li key={index}>
              <Message message={message} />
            </li>
          ))}
        </ol>
      </div>
    </SpanSection>
  );
}

function Message({ message }: { message: GenAiMessage }): ReactElement {
  const { role, parts } = message;
  return (
    <div className="genai-message" data-role={role}>
      <p className="genai-role">
        <SafeText>{role === '' ? traceText.genAiMessage : role}</SafeText>
      </p>
      {parts.map((part, index) => (
        <Part key={index} part={part} />
      ))}
    </div>
  );
}

function Part({ part }: { part: GenAiPart }): ReactElement {
  const json = readJson(part.text);
  const isCall = part.type === 'tool-call';
  return (
    <>
      {part.type !== 'text' && (
        <p className="genai-role">
          <SafeText>
            {isCall ? traceText.genAiToolCall(part.name) : traceText.genAiToolResult}
          </SafeText>
        </p>
      )}
      {json === undefined ? (
        <p className="genai-text">
          <LongText>{part.text}</LongText>
        </p>
      ) : (
        <JsonValue node={json} />
      )}
    </>
  );
}
