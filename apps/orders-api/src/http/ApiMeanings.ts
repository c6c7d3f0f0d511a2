/**
 * What the OpenAPI document says of parameters and headers: names as people write them, meanings, and the ranges of numbers.
 *
 * By the name of the parameter, where it means the same everywhere; by operation and name where it does not.
 */
import { StockCounts } from "@eventfold/domain-inventory"
import { largestBalanceHistoryPage } from "../queries/AccountQueries.ts"
import { largestAuditPage } from "../queries/AuditQueries.ts"
import { largestProductPage } from "../queries/CatalogQueries.ts"
import { largestHistoryPage } from "../queries/OrderQueries.ts"
import { largestForecastPage } from "../queries/StockForecast.ts"
import { largestPage } from "../queries/Pages.ts"

/** Headers as people write them. */
export const headerNames: Readonly<Record<string, string>> = {
  "idempotency-key": "Idempotency-Key",
  "if-match": "If-Match",
  "if-none-match": "If-None-Match",
  "consistency-token": "Consistency-Token",
  "up-to-date": "Up-To-Date",
  "last-event-id": "Last-Event-ID",
  "x-correlation-id": "X-Correlation-Id",
  "x-actor": "X-Actor",
  "x-reason": "X-Reason",
  "x-role": "X-Role",
  etag: "ETag",
  "gateway-signature": "Gateway-Signature",
  location: "Location",
  "retry-after": "Retry-After"
}

/** What headers and parameters mean. */
export const meanings: Readonly<Record<string, string>> = {
  "idempotency-key":
    "The id of the command, a UUID. A repetition with the same key is answered like the first and changes nothing.",
  "if-match": 'Do it only at this version, such as "3".',
  "if-none-match": "The version you have: the answer is 304 when it is still the newest.",
  "consistency-token":
    "A command answers it. A question that carries it is answered with all in it that the command did.",
  "up-to-date": "Whether everything is in the answer that was stored when it was asked for: true or false.",
  "last-event-id": "The id of the last event you have: nothing is sent again until something has happened since.",
  "x-correlation-id": "Kept with every event and in every log line, and answered back. One is made when it is missing.",
  "x-actor": "Who asks. Kept with every event.",
  "x-reason": "Why. Kept with every event.",
  "x-role": "As what the caller asks: customer, when left out, or operator. Only operators give prices.",
  etag: "The version: how many events it has.",
  location: "Where what was begun is found.",
  "retry-after": "How many seconds to wait before trying again.",
  kind: "Customers who buy like this only.",
  limit: "The most entries to answer.",
  cursor: "The nextCursor of the page before.",
  wait: "How many milliseconds the answer may wait for what the Consistency-Token stands for, before it is 503.",
  q: "The words to look for.",
  sort: "newest (the default) or oldest by the draft, placed (the last one first), total or -total: ask for one currency.",
  minTotal: "Orders of so many minor units or more.",
  maxTotal: "Orders of so many minor units or less.",
  placedFrom: "Orders that were placed then or later.",
  placedTo: "Orders that were placed before.",
  owner: "Accounts in this name only: the whole name; case and punctuation do not matter.",
  highBalance: "Accounts with a balance above 10,000 major units, or those without.",
  activeSince: "Accounts to which something has happened then or later.",
  tag: "Accounts with this tag only.",
  waiting: "Those the warehouse has something to do about, or the others.",
  consumer: "The name of a consumer of events, such as projection:order_list:1.",
  partition: "What is held back together, such as the events of one order.",
  subscriber: "The name of a subscriber, such as billing.",
  topic: "The context whose messages they are.",
  position: "The position of an event in the log.",
  state: "Letters in this state only: failed, waiting (behind one that failed) or discarded.",
  name: "The name of a projection.",
  after: "Events after this version only.",
  occurredAt: "When it happened in the business. Now, when left out.",
  orderId: "Of this order only.",
  saga: "Of this name only.",
  manager: "Of this process manager only.",
  team: "Those this team works on.",
  format: "mermaid (the default), or data.",
  productId: "This product only.",
  ruleId: "What people call the rule by, such as spring-sale.",
  day: "The last of the 28 days, such as 2026-03-31. Today, when left out.",
  availableAtMost: "Products of which no more pieces than that are available.",
  overdueAt: "Reservations that are held although they could have expired by then.",
  customerId: "Orders of this customer only.",
  status: "Orders in this status only.",
  from: "What occurred then or later.",
  to: "What occurred before.",
  asOf: "As of this time, itself included: as it was then.",
  asOfTime:
    "recorded (the default): by what had been recorded then. occurred: by what had happened then, as known now.",
  subject: "Whose data it is: the id of a customer, or of an account.",
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
export const otherMeanings: Readonly<Record<string, string>> = {
  "orders.history from": "Events of that time or later; which time, says by.",
  "orders.history to": "Events before that time.",
  "audit.list from": "What was recorded then or later.",
  "audit.list to": "What was recorded before.",
  "orders.list currency": "Orders in this currency only.",
  "orders.live currency": "Orders in this currency only.",
  "accounts.list status": "Accounts in this status only.",
  "contexts.get name": "The name of a context.",
  "contexts.impact name": "The name of a context.",
  "messages.schema file": "The type of a message, then .json.",
  "processes.diagram name": "The name of a saga or a process manager.",
  "sagas.list state": "Sagas that stand like this only.",
  "payments.list orderId": "Payments of this order only.",
  "payments.list status": "Payments in this status only.",
  "payments.webhook gateway-signature": "Proves that it comes from the gateway: t=<seconds>,v1=<HMAC-SHA-256>.",
  "billing.invoices customerId": "Invoices for this customer only.",
  "billing.invoices status": "Invoices in this status only.",
  "billing.awaiting customerId": "Of this customer only.",
  "billing.orders customerId": "Of this customer only.",
  "billing.orders status": "Orders that stand like this for billing only.",
  "notifications.list status": "Notifications that stand like this only.",
  "shipments.list status": "Shipments in this status only.",
  "inventory.reservations status": "Reservations in this status only.",
  "analytics.days from": "The first day, such as 2026-03-01.",
  "analytics.days to": "The last day, itself included.",
  "analytics.products from": "The first day, such as 2026-03-01.",
  "analytics.products to": "The last day, itself included.",
  "sales.days from": "The first day, such as 2026-03-01.",
  "sales.days to": "The last day, itself included.",
  "subscribers.inbox state": "Messages that stand like this only: processing, processed or failed.",
  "subscribers.inbox messageId": "The message of this id only.",
  "subscribers.letter position": "The place of a message in its topic.",
  "subscribers.replay position": "The place of a message in its topic.",
  "subscribers.discard position": "The place of a message in its topic.",
  "subscribers.replay x-actor": "Who asks. Kept in the audit.",
  "subscribers.discard x-actor": "Who asks. Kept in the audit.",
  "subscribers.replayAll x-actor": "Who asks. Kept in the audit.",
  "subscribers.rewind x-actor": "Who asks. Kept in the audit.",
  "subscribers.remove x-actor": "Who asks. Kept in the audit.",
  "deadLetters.replay x-actor": "Who asks. Kept in the audit.",
  "deadLetters.discard x-actor": "Who asks. Kept in the audit.",
  "deadLetters.replayAll x-actor": "Who asks. Kept in the audit."
}

const page = { type: "integer", minimum: 1, maximum: largestPage, default: 20 }

/** Query parameters are text on the wire, which is all that their schemas can say. */
const numbers: Readonly<Record<string, object>> = {
  limit: page,
  wait: { type: "integer", minimum: 0, maximum: 5_000, default: 5_000 },
  minTotal: { type: "integer", minimum: 0 },
  maxTotal: { type: "integer", minimum: 0 },
  position: { type: "integer", minimum: 1 },
  availableAtMost: { type: "integer", minimum: 0, maximum: StockCounts.maximumOnHand },
  "orders.get version": { type: "integer", minimum: 1 },
  "accounts.get version": { type: "integer", minimum: 1 },
  "audit.list limit": { ...page, maximum: largestAuditPage, default: 50 },
  "orders.history limit": { ...page, maximum: largestHistoryPage, default: 500 },
  "orders.history after": { type: "integer", minimum: 0, default: 0 },
  "catalog.products limit": { ...page, maximum: largestProductPage, default: 50 },
  "inventory.forecast limit": { ...page, maximum: largestForecastPage },
  "accounts.history limit": { ...page, maximum: largestBalanceHistoryPage, default: 500 }
}

/** The range of a parameter that is a number; undefined for any other. */
export const numberOf = (operationId: string, name: string): object | undefined =>
  numbers[`${operationId} ${name}`] ?? numbers[name]
