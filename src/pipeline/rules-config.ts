import { booleanSetting, listSetting, stringSetting } from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';

/** What a collector does to the spans it takes. Keys and names may hold `*` for any text. */
export const rulesSettings = {
  file: stringSetting({
    flag: 'collector.rules-file',
    description:
      'YAML or JSON file of rules that edit attributes and drop spans; its rules go first.',
    default: '',
  }),
  attributes: {
    exclude: listSetting({
      flag: 'collector.attributes.exclude',
      description: 'Attributes to remove, by key; * stands for any text.',
      default: [],
    }),
    redact: listSetting({
      flag: 'collector.attributes.redact',
      description: 'Attributes whose value becomes [redacted], by key; * stands for any text.',
      default: [],
    }),
    hash: listSetting({
      flag: 'collector.attributes.hash',
      description: 'Attributes whose value becomes a digest of it, by key; * stands for any text.',
      default: [],
    }),
    hashKey: stringSetting({
      flag: 'collector.attributes.hash-key',
      description:
        'Secret of the digests (HMAC-SHA-256); without it, values can be guessed and tried.',
      default: '',
      secret: true,
    }),
    include: listSetting({
      flag: 'collector.attributes.include',
      description: 'The only attributes to keep, by key, when given; * stands for any text.',
      default: [],
    }),
  },
  spans: {
    excludeServices: listSetting({
      flag: 'collector.spans.exclude-services',
      description: 'Services whose spans are dropped; * stands for any text.',
      default: [],
    }),
    excludeOperations: listSetting({
      flag: 'collector.spans.exclude-operations',
      description: 'Operations whose spans are dropped, of any service; * stands for any text.',
      default: [],
    }),
  },
  enableSpanSizeMetrics: booleanSetting({
    flag: 'collector.enable-span-size-metrics',
    description: 'Whether to measure the size of every span, which costs a little for each.',
    default: false,
  }),
};

export type RulesConfig = ConfigOf<typeof rulesSettings>;
