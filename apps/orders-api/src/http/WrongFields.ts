/**
 * Names every wrong field of a request at once: those of the path, the headers, the query and the body.
 *
 * Effect decodes these parts one after another and stops at the first that fails; this decodes the others too. It runs
 * only when something is wrong, so it costs valid requests nothing.
 */
import { Effect, Option, Schema, type SchemaAST, SchemaIssue } from "effect"
import { HttpRouter, HttpServerRequest } from "effect/http"
import { HttpApiMiddleware, type HttpApiEndpoint } from "effect/http-api"
import { RequestRules, strictly } from "./Api.ts"
import { invalidRequest, type WrongField } from "./Problems.ts"

/** Answers requests that break rules of form with all the rules they break. */
export const layer = HttpApiMiddleware.layerSchemaErrorTransform(RequestRules, (error, { endpoint }) =>
  // An answer that its own schema cannot encode is a mistake of the service.
  error.kind === "Body" || error.kind === "ResponseHeaders"
    ? Effect.die(error)
    : Effect.flatMap(wrongFields(endpoint), (errors) => Effect.fail(invalidRequest(errors)))
)

const wrongFields = Effect.fnUntraced(function* (endpoint: HttpApiEndpoint.Top) {
  const request = yield* HttpServerRequest.HttpServerRequest
  const { params } = yield* HttpRouter.RouteContext
  const query = yield* HttpServerRequest.ParsedSearchParams
  const wrong: Array<WrongField> = []
  if (endpoint.params !== undefined) wrong.push(...(yield* wrongIn("path", endpoint.params, params)))
  if (endpoint.headers !== undefined) wrong.push(...(yield* wrongIn("header", endpoint.headers, request.headers)))
  if (endpoint.query !== undefined) {
    wrong.push(...(yield* wrongIn("query", Schema.toCodecArrayFromSingle(endpoint.query), query, strictly)))
  }
  const body = endpoint.payload.get("application/json")
  if (body !== undefined) {
    // Reading it a second time answers what was read the first time; a failure to read is dealt with outside.
    const text = yield* Effect.orDie(request.text)
    // No body counts as null, as Effect has it: a body that may be left out says what that means.
    const json = text === "" ? Option.some(null) : yield* Effect.option(parse(text))
    const found = Option.isNone(json)
      ? [{ in: "body" as const, field: "", rule: "" }]
      : yield* wrongIn("body", Schema.Union(body.schemas), json.value, strictly)
    wrong.push(...found.map((error) => (error.field === "" ? { ...error, rule: "must be a JSON object" } : error)))
  }
  return wrong
})

const parse = Schema.decodeUnknownEffect(Schema.fromJsonString(Schema.Unknown))

const wrongIn = (
  part: WrongField["in"],
  schema: Schema.Top,
  input: unknown,
  options: SchemaAST.ParseOptions = { errors: "all" }
): Effect.Effect<ReadonlyArray<WrongField>> =>
  Effect.suspend(() =>
    needsNoServices(schema) ? Schema.decodeUnknownEffect(schema, options)(input) : Effect.void
  ).pipe(
    Effect.match({
      onFailure: ({ issue }) =>
        format(issue).issues.map(({ message, path }) => ({
          in: part,
          field: nameOf(path ?? []),
          rule: inWords(message)
        })),
      onSuccess: () => []
    })
  )

/** True for every schema of this API: their general type cannot say so. */
const needsNoServices = (schema: Schema.Top): schema is Schema.Top & Schema.ConstraintDecoder<unknown> =>
  Schema.isSchema(schema)

type Path = ReadonlyArray<PropertyKey | { readonly key: PropertyKey }>

const nameOf = (path: Path): string =>
  path
    .map((segment) => (typeof segment === "object" ? segment.key : segment))
    .map((key, index) => (typeof key === "number" ? `[${key}]` : `${index === 0 ? "" : "."}${String(key)}`))
    .join("")
    .slice(0, 200)

/** Rules in words that follow the name of a field: "quantity must be a number". */
const format = SchemaIssue.makeFormatterStandardSchemaV1({
  leafHook: (issue) => {
    switch (issue._tag) {
      case "MissingKey":
        return "is required"
      case "UnexpectedKey":
        return "is not known here"
      default:
        return SchemaIssue.defaultLeafHook(issue)
    }
  }
})

const inWords = (message: string): string => {
  const expected = /^Expected (.*)$/su.exec(message)?.[1]
  if (expected === undefined) return message
  if (/^"[^"]*" \| "/u.test(expected)) return `must be one of ${expected.replaceAll(" | ", ", ")}`
  const article = /^(?:object|array)$/u.test(expected)
    ? "an "
    : /^(?:number|string|boolean)$/u.test(expected)
      ? "a "
      : ""
  return `must be ${article}${expected}`
}
