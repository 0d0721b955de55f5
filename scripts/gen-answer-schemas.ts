import ts from 'typescript';
import { format, resolveConfig } from 'prettier';
import type { GeneratedFile } from './generated-file.ts';

const SOURCE = 'src/query/api/answer-types.ts';
const TARGET = 'src/query/api/answer-schemas.json';
const REFERENCE = '#/components/schemas/';

type Schema = Readonly<Record<string, unknown>>;

/** JSON Schemas of the query API's answers, made of the types that the code itself is checked against. */
export async function answerSchemaFiles(): Promise<readonly GeneratedFile[]> {
  const program = ts.createProgram([SOURCE], {
    strict: true,
    noEmit: true,
    target: ts.ScriptTarget.ESNext,
    module: ts.ModuleKind.NodeNext,
    allowImportingTsExtensions: true,
  });
  const file = program.getSourceFile(SOURCE);
  const answers = file?.statements.find(ts.isInterfaceDeclaration);
  if (answers === undefined) throw new Error(`${SOURCE} declares no answers`);
  const writer = createSchemaWriter(program.getTypeChecker(), answers);
  const style = await resolveConfig(TARGET);
  const content = await format(JSON.stringify(writer.schemas()), { ...style, parser: 'json' });
  return [{ path: TARGET, content }];
}

/** By name: each answer, and each interface that answers are made of. */
function createSchemaWriter(
  checker: ts.TypeChecker,
  answers: ts.InterfaceDeclaration,
): { readonly schemas: () => Readonly<Record<string, Schema>> } {
  const known = new Map<string, Schema>();
  const propertiesOf = (type: ts.Type): Schema => {
    const properties = type.getProperties();
    const required = properties.filter((one) => !isOptional(one)).map(({ name }) => name);
    return {
      type: 'object',
      ...(required.length === 0 ? {} : { required }),
      properties: Object.fromEntries(
        properties.map((one) => [one.name, described(one, typeOf(one))]),
      ),
    };
  };
  const typeOf = (property: ts.Symbol): Schema =>
    schemaOf(checker.getTypeOfSymbolAtLocation(property, answers));
  const described = (symbol: ts.Symbol, schema: Schema): Schema => {
    const text = ts.displayPartsToString(symbol.getDocumentationComment(checker));
    return text === '' ? schema : { ...schema, description: text };
  };
  const objectOf = (type: ts.Type): Schema => {
    const values = type.getStringIndexType();
    if (values !== undefined) return { type: 'object', additionalProperties: schemaOf(values) };
    const { symbol } = type;
    // An interface with type arguments has no name of its own; it stands where it is used.
    if (!type.isClassOrInterface() || symbol.name === '__type') return propertiesOf(type);
    if (!known.has(symbol.name)) {
      known.set(symbol.name, {});
      known.set(symbol.name, described(symbol, propertiesOf(type)));
    }
    return { $ref: REFERENCE + symbol.name };
  };
  const schemaOf = (type: ts.Type): Schema => {
    const plain = plainSchema(type);
    if (plain !== undefined) return plain;
    if (type.isUnion()) return unionOf(type.types.filter(isPresent).map(schemaOf));
    if (!checker.isArrayType(type)) return objectOf(type);
    const [item] = checker.getTypeArguments(type as ts.TypeReference);
    if (item === undefined) throw new Error('an array of nothing');
    const isEmpty = (item.flags & ts.TypeFlags.Never) !== 0;
    return isEmpty ? { type: 'array', maxItems: 0 } : { type: 'array', items: schemaOf(item) };
  };
  return {
    schemas: () => {
      for (const property of checker.getTypeAtLocation(answers).getProperties()) {
        known.set(property.name, typeOf(property));
      }
      return Object.fromEntries([...known].sort(([a], [b]) => (a < b ? -1 : 1)));
    },
  };
}

/** What is absent has no schema. */
function isPresent(type: ts.Type): boolean {
  return (type.flags & ts.TypeFlags.Undefined) === 0;
}

function isOptional(property: ts.Symbol): boolean {
  return (property.flags & ts.SymbolFlags.Optional) !== 0;
}

const PLAIN: readonly (readonly [ts.TypeFlags, Schema])[] = [
  [ts.TypeFlags.String, { type: 'string' }],
  [ts.TypeFlags.Number, { type: 'number' }],
  [ts.TypeFlags.Boolean, { type: 'boolean' }],
  [ts.TypeFlags.BooleanLiteral, { type: 'boolean' }],
  [ts.TypeFlags.Null, { type: 'null' }],
  [ts.TypeFlags.NonPrimitive, { type: 'object' }],
  [ts.TypeFlags.Unknown, {}],
];

function plainSchema(type: ts.Type): Schema | undefined {
  if (type.isStringLiteral()) return { type: 'string', enum: [type.value] };
  return PLAIN.find(([flag]) => (type.flags & flag) !== 0)?.[1];
}

/** Words to choose from become one list, types become one list, and only the rest alternatives. */
function unionOf(schemas: readonly Schema[]): Schema {
  const words = schemas.flatMap((one): readonly unknown[] =>
    Array.isArray(one['enum']) ? one['enum'] : [],
  );
  const [only, ...more] = schemas;
  if (only !== undefined && more.length === 0) return only;
  const others = schemas.filter((one) => one['enum'] === undefined);
  if (others.length === 0) return { type: 'string', enum: words };
  const isTypeOnly = (one: Schema): boolean => Object.keys(one).join() === 'type';
  const types = [...new Set(others.filter(isTypeOnly).map((one) => one['type']))];
  const rest = [
    ...(words.length === 0 ? [] : [{ type: 'string', enum: words }]),
    ...others.filter((one) => !isTypeOnly(one)),
  ];
  const plain = { type: types.length === 1 ? types[0] : types };
  if (rest.length === 0) return plain;
  return { anyOf: types.length === 0 ? rest : [...rest, plain] };
}
