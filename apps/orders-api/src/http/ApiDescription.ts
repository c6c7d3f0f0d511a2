/**
 * Makes the OpenAPI document read well: header names as people write them, what parameters mean, an example for each
 * body and whether it may be left out, component names without technical endings. It changes no path, no status and no rule.
 */
import { Predicate } from "effect"
import { exampleBodies } from "./ApiExamples.ts"
import { headerNames, meanings, numberOf, otherMeanings } from "./ApiMeanings.ts"

interface Part {
  readonly [key: string]: unknown
}

const isPart = (value: unknown): value is Part => Predicate.isObject(value) && !Array.isArray(value)

/** Applies `change` to the parts of `whole`, one by one; anything else stays as it is. */
const each = (whole: unknown, change: (part: Part, key: string) => readonly [key: string, part: unknown]): unknown =>
  isPart(whole)
    ? Object.fromEntries(Object.entries(whole).map(([key, part]) => (isPart(part) ? change(part, key) : [key, part])))
    : whole

const named = (key: string): string => headerNames[key] ?? key

const withMeaning = (part: Part, key: string, operationId = ""): Part => {
  const description = otherMeanings[`${operationId} ${key}`] ?? meanings[key]
  return description === undefined ? part : { description, ...part }
}

const parameter =
  (operationId: string) =>
  (part: unknown): unknown => {
    if (!isPart(part) || typeof part["name"] !== "string") return part
    const { name } = part
    const schema = numberOf(operationId, name) ?? part["schema"]
    return { ...withMeaning(part, name, operationId), name: named(name), schema }
  }

const correlation = { description: meanings["x-correlation-id"], required: true, schema: { type: "string" } }

const response = (part: Part, status: string) => {
  const headers = each(part["headers"] ?? {}, (header, key) => [named(key), withMeaning(header, key)])
  return [
    status,
    { ...part, headers: { ...(isPart(headers) ? headers : {}), "X-Correlation-Id": correlation } }
  ] as const
}

const isNull = (schema: unknown) => isPart(schema) && schema["type"] === "null"

/** A body that may be left out is described as an object or null, which only clients in TypeScript must know. */
const withoutNull = (schema: unknown): unknown => {
  if (!isPart(schema) || !Array.isArray(schema["anyOf"])) return schema
  const bodies: ReadonlyArray<unknown> = schema["anyOf"].filter((member) => !isNull(member))
  return bodies.length === 1 && bodies.length < schema["anyOf"].length ? bodies[0] : schema
}

const mayBeMissing = ({ content }: Part): boolean =>
  isPart(content) &&
  Object.values(content).some((media) => isPart(media) && withoutNull(media["schema"]) !== media["schema"])

const operation = (part: Part, method: string) => {
  const id = String(part["operationId"])
  const { parameters, requestBody, responses } = part
  const example = exampleBodies[id]
  const content = (body: Part) =>
    each(body["content"], (media, type) => [type, { ...media, schema: withoutNull(media["schema"]), example }])
  const changed = {
    ...part,
    parameters: Array.isArray(parameters) ? parameters.map(parameter(id)) : parameters,
    responses: each(responses, response),
    ...(isPart(requestBody) && example !== undefined
      ? { requestBody: { ...requestBody, content: content(requestBody), required: !mayBeMissing(requestBody) } }
      : {})
  }
  return [method, changed] as const
}

/** Classes are described under `NameEncoded`; readers look for `Name`. */
const plainName = (text: string) => text.replace(/Encoded$/u, "")

const renamed = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(renamed)
  if (!isPart(value)) return value
  return Object.fromEntries(
    Object.entries(value).map(([key, part]) =>
      key === "$ref" && typeof part === "string" ? [key, plainName(part)] : [key, renamed(part)]
    )
  )
}

/** The document as it is published. */
export const polished = (document: Part): Part => {
  const paths = each(document["paths"], (path, name) => [name, each(path, operation)])
  const components = each(document["components"], (schemas, kind) => [
    kind,
    each(schemas, (schema, name) => [plainName(name), schema])
  ])
  const whole = renamed({ ...document, paths, components })
  return isPart(whole) ? whole : document
}
