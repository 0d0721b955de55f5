import { describe, expect, it } from 'vitest';
import { readGenAi } from '../../src/model/genai-span.ts';
import type { TextAttribute } from '../../src/model/timeline-span.ts';

const tags = (record: Record<string, unknown>): readonly TextAttribute[] =>
  Object.entries(record).map(([key, value]) => ({
    key,
    value: typeof value === 'string' ? value : JSON.stringify(value),
  }));
const text = (content: string): unknown => ({ type: 'text', name: '', text: content });

describe('readGenAi', () => {
  it('reads facts by their newer and their older names', () => {
    expect(
      readGenAi(
        tags({
          'gen_ai.system': 'openai',
          'gen_ai.request.model': 'm-1',
          'gen_ai.response.model': 'm-1-2026',
          'gen_ai.usage.prompt_tokens': 812,
          'gen_ai.usage.output_tokens': 44,
          'gen_ai.response.finish_reasons': '["stop"]',
        }),
        [],
      ).facts,
    ).toEqual([
      { name: 'provider', value: 'openai' },
      { name: 'model', value: 'm-1-2026' },
      { name: 'inputTokens', value: '812' },
      { name: 'outputTokens', value: '44' },
      { name: 'finish', value: '["stop"]' },
    ]);
  });

  it('reads messages with parts, calls of tools and their results', () => {
    const { messages } = readGenAi(
      tags({
        'gen_ai.output.messages': [
          {
            role: 'assistant',
            parts: [
              { type: 'text', content: 'Let me look.' },
              { type: 'tool_call', id: 'c1', name: 'weather', arguments: { city: 'Seoul' } },
            ],
          },
        ],
        'gen_ai.input.messages': [
          { role: 'user', parts: [{ type: 'text', content: 'Rain?' }] },
          { role: 'tool', parts: [{ type: 'tool_call_response', id: 'c0', response: '12 °C' }] },
        ],
        'gen_ai.system_instructions': [{ type: 'text', content: 'Be brief.' }],
      }),
      [],
    );
    expect(messages).toEqual([
      { role: 'system', parts: [text('Be brief.')] },
      { role: 'user', parts: [text('Rain?')] },
      { role: 'tool', parts: [{ type: 'tool-result', name: '', text: '12 °C' }] },
      {
        role: 'assistant',
        parts: [
          text('Let me look.'),
          { type: 'tool-call', name: 'weather', text: '{"city":"Seoul"}' },
        ],
      },
    ]);
  });

  it('reads what older libraries write: lists by number, plain text, messages of the API', () => {
    const { messages } = readGenAi(
      tags({
        'gen_ai.prompt.0.role': 'system',
        'gen_ai.prompt.0.content': 'Be brief.',
        'gen_ai.prompt.1.content': 'Rain?',
        'gen_ai.completion': JSON.stringify([
          {
            role: 'assistant',
            content: null,
            tool_calls: [{ function: { name: 'weather', arguments: '{"city":"Seoul"}' } }],
          },
        ]),
      }),
      [],
    );
    expect(messages).toEqual([
      { role: 'system', parts: [text('Be brief.')] },
      { role: 'user', parts: [text('Rain?')] },
      {
        role: 'assistant',
        parts: [{ type: 'tool-call', name: 'weather', text: '{"city":"Seoul"}' }],
      },
    ]);
  });

  it('reads messages that are events', () => {
    const events = [
      {
        timeUs: 1,
        fields: tags({ event: 'gen_ai.user.message', content: 'Rain?' }),
      },
      {
        timeUs: 2,
        fields: tags({ event: 'gen_ai.content.completion', 'gen_ai.completion': 'No.' }),
      },
    ];
    expect(readGenAi([], events).messages).toEqual([
      { role: 'user', parts: [text('Rain?')] },
      { role: 'assistant', parts: [text('No.')] },
    ]);
  });

  it.each(['', '[1,2]', '{"a":1}', 'null', '[{"x":1},2]', '[{"role":null,"parts":7}]'])(
    'makes the best of a list that says %s',
    (value) => {
      const { messages } = readGenAi(tags({ 'gen_ai.input.messages': value }), []);
      expect(messages.length).toBeLessThanOrEqual(1);
      for (const { role } of messages) expect(role).toBe('user');
    },
  );
});
