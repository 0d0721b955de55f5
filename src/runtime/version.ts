import packageJson from '../../package.json' with { type: 'json' };

/** The version of this package, image, chart and CRD: they are released as one. */
export const VERSION: string = packageJson.version;
