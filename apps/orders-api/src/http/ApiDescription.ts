/**
 * Makes the OpenAPI document read well: header names as people write them, what parameters mean, an example for each
 * body, component names without technical endings. It changes no path, no status and no rule.
 */
import { Predicate } from "effect"
import { largestBalanceHistoryPage } from "../queries/AccountQueries.ts"
import { largestAuditPage } from "../queries/AuditQueries.ts"
import { largestHistoryPage, largestListPage } from "../queries/OrderQueries.ts"
import { exampleBodies } from "./ApiExamples.ts"

const headerNames: Readonly<Record<string, string>> = {
  "idempotency-key": "Idempotency-Key",
  "if-match": "If-Match",
  "if-none-match": "If-None-Match",
  "x-correlation-id": "X-Correlation-Id",
  "x-actor": "X-Actor",
  "x-reason": "X-Reason",
  etag: "ETag",
  location: "Location",
  "retry-after": "Retry-After"
}

const meanings: Readonly<Record<string, string>> = {
  "idempotency-key":
    "The id of the command, a UUID. A repetition with the same key is answered like the first and changes nothing.",
  "if-match": 'Do it only at this version, such as "3".',
  "if-none-match": "The version you have: the answer is 304 when it is still the newest.",
  "x-correlation-id": "Kept with every event and in every log line, and answered back. One is made when it is missing.",
  "x-actor": "Who asks. Kept with every event.",
  "x-reason": "Why. Kept with every event.",
  etag: "The version: how many events it has.",
  location: "Where what was begun is found.",
  "retry-after": "How many seconds to wait before trying again.",
  limit: "The most entries to answer.",
  cursor: "The nextCursor of the page before.",
  after: "Events after this version only.",
  occurredAt: "When it happened in the business. Now, when left out.",
  customerId: "Orders of this customer only.",
  status: "Orders in this status only.",
  from: "What occurred then or later.",
  to: "What occurred before.",
  asOf: "As of this time, itself included: as it was then.",
  asOfTime:
    "recorded (the default): by what had been recorded then. occurred: by what had happened then, as known now.",
  version: "As of this version: after so many events.",
  date: "As of this time, itself included.",
  by: "recorded (the default): when the service learned of it. occurred: when it happened in the business.",
  currency: "Money of this currency only.",
  actor: "What this actor did.",
  stream: "Of one category of streams, such as order, or of one stream, such as order/order_0190f5a2-….",
  correlationId: "What followed from one request.",
  causationId: "What one command or event led to.",
  types: "Events and actions of these names, with commas between them.",
  order: "What comes first: the newest (the default) or the oldest."
}

/** The meanings of parameters that mean something else in one operation. */
const otherMeanings: Readonly<Record<string, string>> = {
  "orders.history from": "Events of that time or later; which time, says by.",
  "orders.history to": "Events before that time.",
  "audit.list from": "What was recorded then or later.",
  "audit.list to": "What was recorded before."
}

/** Query parameters are text on the wire, which is all that their schemas can say. */
const numbers: Readonly<Record<string, object>> = {
  "orders.list limit": { type: "integer", minimum: 1, maximum: largestListPage, default: 20 },
  "orders.asOf limit": { type: "integer", minimum: 1, maximum: largestListPage, default: 20 },
  "orders.get version": { type: "integer", minimum: 1 },
  "accounts.get version": { type: "integer", minimum: 1 },
  "audit.list limit": { type: "integer", minimum: 1, maximum: largestAuditPage, default: 50 },
  "orders.history limit": { type: "integer", minimum: 1, maximum: largestHistoryPage, default: 500 },
  "orders.history after": { type: "integer", minimum: 0, default: 0 },
  "accounts.history limit": { type: "integer", minimum: 1, maximum: largestBalanceHistoryPage, default: 500 }
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

const withMeaning = (part: Part, key: string, operationId = ""): Part => {
  const description = otherMeanings[`${operationId} ${key}`] ?? meanings[key]
  return description === undefined ? part : { description, ...part }
}

const parameter =
  (operationId: string) =>
  (part: unknown): unknown => {
    if (!isPart(part) || typeof part["name"] !== "string") return part
    const { name } = part
    const schema = numbers[`${operationId} ${name}`] ?? part["schema"]
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
