type TextTest = (text: string) => boolean;

/** Reads one object field by field. What has another shape counts as absent, with a complaint. */
export interface ConfigReader {
  has(key: string): boolean;
  flag(key: string, fallback: boolean): boolean;
  /** A whole number from 1. */
  count(key: string, fallback: number, limits?: { readonly max: number }): number;
  text(key: string): string | undefined;
  /** A list of texts; a single text is a list of one. */
  texts(key: string): readonly string[] | undefined;
  /** An object; one without fields when it is absent. */
  section(key: string): ConfigReader;
  /** The objects of a list; what is none is left out. */
  list(key: string): readonly ConfigReader[];
  /** Whether a text is this one, one of these, fits this expression or suits this function. */
  test(key: string): TextTest | undefined;
  /** A function, as only a script can give it. */
  call(key: string): ((...values: unknown[]) => unknown) | undefined;
  /** As it is. */
  value(key: string): unknown;
  /** The names of all fields that are there. */
  keys(): readonly string[];
  /** Says that a field does nothing. */
  ignore(key: string, reason: string): void;
  /** Complains about a field, or with '' about the object, that is not what it should be. */
  refuse(key: string, wanted: string): void;
}

/** `path` names the object in complaints: '' for the outermost. */
export function createConfigReader(value: unknown, path: string, problems: string[]): ConfigReader {
  const refuse = (key: string, wanted: string): void => {
    problems.push(`${pathOf(path, key)} should be ${wanted}`);
  };
  if (!isObject(value)) refuse('', 'an object');
  const object = isObject(value) ? value : {};
  const read = <T>(key: string, wanted: string, is: (value: unknown) => value is T) => {
    const field = object[key];
    if (field === undefined || field === null) return undefined;
    if (is(field)) return field;
    refuse(key, wanted);
    return undefined;
  };
  return {
    refuse,
    ignore: (key, reason) => {
      problems.push(`${pathOf(path, key)} is ignored: ${reason}`);
    },
    value: (key) => object[key],
    keys: () => Object.keys(object),
    test: (key) => {
      const condition = read(key, 'a text or a list of texts', isCondition);
      return condition === undefined ? undefined : testOf(condition, pathOf(path, key));
    },
    call: (key) => read(key, 'a function', isCall),
    has: (key) => object[key] !== undefined && object[key] !== null,
    flag: (key, fallback) => read(key, 'true or false', isFlag) ?? fallback,
    count: (key, fallback, { max } = { max: Number.MAX_SAFE_INTEGER }) =>
      read(key, 'a whole number from 1', isCount(max)) ?? fallback,
    text: (key) => read(key, 'a text', isText),
    texts: (key) => {
      const found = read(key, 'a text or a list of texts', isTextOrTexts);
      return typeof found === 'string' ? [found] : found;
    },
    section: (key) => createConfigReader(object[key] ?? {}, pathOf(path, key), problems),
    list: (key) =>
      (read(key, 'a list', isList) ?? []).flatMap((item, index) => {
        const reader = createConfigReader(item, `${pathOf(path, key)}[${index}]`, problems);
        return isObject(item) ? [reader] : [];
      }),
  };
}

function pathOf(path: string, key: string): string {
  return [path, key].filter((part) => part !== '').join('.') || 'the configuration';
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

function isFlag(value: unknown): value is boolean {
  return typeof value === 'boolean';
}

function isText(value: unknown): value is string {
  return typeof value === 'string';
}

function isList(value: unknown): value is readonly unknown[] {
  return Array.isArray(value);
}

function isTextOrTexts(value: unknown): value is string | readonly string[] {
  return isText(value) || (isList(value) && value.every(isText));
}

type Call = (...values: unknown[]) => unknown;
type Condition = string | readonly string[] | RegExp | Call;

function isCall(value: unknown): value is Call {
  return typeof value === 'function';
}

function isCondition(value: unknown): value is Condition {
  return isTextOrTexts(value) || value instanceof RegExp || isCall(value);
}

function testOf(condition: Condition, path: string): TextTest {
  if (typeof condition === 'string') return (text) => text === condition;
  // A global or sticky expression would go on from where it found something the last time.
  if (condition instanceof RegExp) {
    const expression = new RegExp(condition.source, condition.flags.replace(/[gy]/g, ''));
    return (text) => expression.test(text);
  }
  return typeof condition === 'function'
    ? (text) => didSay(condition, text, path)
    : (text) => condition.includes(text);
}

/** A mistake in a deployer's function leaves out a link, not the page. */
function didSay(call: Call, text: string, path: string): boolean {
  try {
    return Boolean(call(text));
  } catch (error) {
    // eslint-disable-next-line no-console -- for whoever wrote the function
    console.warn(`${path} failed for ${JSON.stringify(text)}:`, error);
    return false;
  }
}

function isCount(max: number): (value: unknown) => value is number {
  return (value): value is number =>
    Number.isInteger(value) && Number(value) >= 1 && Number(value) <= max;
}
