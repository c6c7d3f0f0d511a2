/**
 * Which context serves a group of endpoints: what a program that hosts some contexts answers, and where a gateway sends a
 * request, both follow from it.
 *
 * A group is served by one context, or by every program, which tells of its own: its health, projections, dead letters, sagas.
 * An endpoint may say otherwise than its group. A path belongs to one server, whatever the method.
 *
 * What spans contexts is served by the one whose question it is:
 * - sales, customers by sales and the live list of orders are read models of ordering, over its own events and what it has
 *   heard of customers;
 * - how long the stock lasts is a question about stock: inventory serves it, and ordering says what was sold;
 * - how far an order's fulfilment is, every program tells of the sagas and processes it runs itself; whether there is such an
 *   order only the one of ordering knows;
 * - the payments of an order are those of payments.
 */
import { Context } from "effect"
import type { HttpApiEndpoint, HttpApiGroup } from "effect/http-api"

/** The contexts that a program can host. Fulfilment is none: it runs with the contexts it acts for. */
export const hostable = [
  "accounts",
  "analytics",
  "billing",
  "catalog",
  "customers",
  "inventory",
  "notifications",
  "ordering",
  "payments",
  "shipping"
] as const
/** A context that a program can host. */
export type Hostable = (typeof hostable)[number]

/** The annotation: the context that serves a group or an endpoint, or `every`: each program serves its own. */
export class ServedBy extends Context.Service<ServedBy, Hostable | "every">()("@eventfold/orders-api/ServedBy") {}

type Annotated = Pick<HttpApiGroup.Top | HttpApiEndpoint.Top, "annotations">

/** Who serves an endpoint of a group, or most of a group; undefined when nobody said so. */
export const serverOf = (group: Annotated, endpoint?: Annotated): Hostable | "every" | undefined =>
  Context.getOrUndefined(endpoint === undefined ? group.annotations : merged(group, endpoint), ServedBy)

const merged = (group: Annotated, endpoint: Annotated) => Context.merge(group.annotations, endpoint.annotations)

/** Whether a program that hosts these contexts answers a group. */
export const isServed = (group: Annotated, contexts: ReadonlySet<string>): boolean => {
  const server = serverOf(group)
  return server !== undefined && (server === "every" || contexts.has(server))
}
