import { durationSetting, ratioSetting, stringSetting } from '../runtime/setting.ts';
import type { ConfigOf } from '../runtime/setting.ts';

/** How a role that answers clients about sampling knows the strategies. */
export const samplingSettings = {
  strategiesFile: stringSetting({
    flag: 'sampling.strategies-file',
    default: '',
    description: 'Path or http(s) URL of the sampling strategies, JSON. Empty: the default only.',
  }),
  reloadIntervalMs: durationSetting({
    flag: 'sampling.strategies-reload-interval',
    default: 0,
    description: 'How often to read the strategies again. 0: never.',
  }),
  defaultProbability: ratioSetting({
    flag: 'sampling.default-sampling-probability',
    default: 0.001,
    description: 'Probability for a service the strategies say nothing of.',
  }),
};

export type SamplingConfig = ConfigOf<typeof samplingSettings>;
