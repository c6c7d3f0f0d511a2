/**
 * Makes the OpenAPI document read well: header names as people write them, what parameters mean, an example for each
 * body, component names without technical endings. It changes no path, no status and no rule.
 */
import { Predicate } from "effect"
import { largestHistoryPage, largestListPage } from "../queries/OrderQueries.ts"
import { exampleBodies } from "./ApiExamples.ts"

const headerNames: Readonly<Record<string, string>> = {
  "idempotency-key": "Idempotency-Key",
  "if-match": "If-Match",
  "if-none-match": "If-None-Match",
  "x-correlation-id": "X-Correlation-Id",
  "x-actor": "X-Actor",
  etag: "ETag",
  location: "Location",
  "retry-after": "Retry-After"
}

const meanings: Readonly<Record<string, string>> = {
  "idempotency-key":
    "The id of the command, a UUID. A repetition with the same key is answered like the first and changes nothing.",
  "if-match": 'Do it only if the order is at this version, such as "3".',
  "if-none-match": "The version you have: the answer is 304 when it is still the newest.",
  "x-correlation-id": "Kept with every event and in every log line, and answered back. One is made when it is missing.",
  "x-actor": "Who asks. Kept with every event.",
  etag: "The version of the order.",
  location: "Where the new order is.",
  "retry-after": "How many seconds to wait before trying again.",
  limit: "The most entries to answer.",
  cursor: "The nextCursor of the page before.",
  after: "Events after this version only.",
  occurredAt: "When it happened in the business. Now, when left out.",
  customerId: "Orders of this customer only.",
  status: "Orders in this status only."
}

/** Query parameters are text on the wire, which is all that their schemas can say. */
const numbers: Readonly<Record<string, object>> = {
  "orders.list limit": { type: "integer", minimum: 1, maximum: largestListPage, default: 20 },
  "orders.history limit": { type: "integer", minimum: 1, maximum: largestHistoryPage, default: 500 },
  "orders.history after": { type: "integer", minimum: 0, default: 0 }
}

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

const withMeaning = (part: Part, key: string): Part => {
  const description = meanings[key]
  return description === undefined ? part : { description, ...part }
}

const parameter =
  (operationId: string) =>
  (part: unknown): unknown => {
    if (!isPart(part) || typeof part["name"] !== "string") return part
    const { name } = part
    const schema = numbers[`${operationId} ${name}`] ?? part["schema"]
    return { ...withMeaning(part, name), name: named(name), schema }
  }

const correlation = { description: meanings["x-correlation-id"], required: true, schema: { type: "string" } }

const response = (part: Part, status: string) => {
  const headers = each(part["headers"] ?? {}, (header, key) => [named(key), withMeaning(header, key)])
  return [
    status,
    { ...part, headers: { ...(isPart(headers) ? headers : {}), "X-Correlation-Id": correlation } }
  ] as const
}

const operation = (part: Part, method: string) => {
  const id = String(part["operationId"])
  const { parameters, requestBody, responses } = part
  const example = exampleBodies[id]
  const content = (body: Part) => each(body["content"], (media, type) => [type, { ...media, example }])
  const changed = {
    ...part,
    parameters: Array.isArray(parameters) ? parameters.map(parameter(id)) : parameters,
    responses: each(responses, response),
    ...(isPart(requestBody) && example !== undefined
      ? { requestBody: { ...requestBody, content: content(requestBody) } }
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
