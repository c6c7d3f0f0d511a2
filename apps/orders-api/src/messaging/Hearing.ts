/**
 * What a process hears of contexts that are elsewhere, so that the processes of those it hosts go on unchanged: a subscriber that
 * puts it into the log these follow. What is heard follows from what the consumers of the hosted contexts take
 * (`contexts/Consumers.ts`), whatever `FULFILMENT` says: a setting that changes finds everything.
 *
 * Whoever acts when an order is placed hears all that is told of orders, and of an order nothing before it was placed.
 */
import type { Meaning } from "@eventfold/decider"
import { InventoryMeanings } from "@eventfold/domain-inventory/published"
import { OrderingMeanings } from "@eventfold/domain-ordering/published"
import { PaymentsMeanings } from "@eventfold/domain-payments/published"
import { ShippingMeanings } from "@eventfold/domain-shipping/published"
import type { EventStore } from "@eventfold/event-store"
import { Hearing, type Subscriber } from "@eventfold/messaging"
import { consumers } from "../contexts/Consumers.ts"

/** All that can be heard: the list that the meanings of another context are added to. */
export const meanings: ReadonlyArray<Meaning.AnyMeaning> = [
  ...OrderingMeanings.meanings,
  ...InventoryMeanings.meanings,
  ...PaymentsMeanings.meanings,
  ...ShippingMeanings.meanings
]

/** Nothing of an order is heard before it. */
const [lead] = OrderingMeanings.meanings

/** The context that a consumer runs with: fulfilment acts for ordering. */
const hostOf = (context: string) => (context === "fulfilment" ? "ordering" : context)

/** What contexts that are hosted together take of others, each with who takes it. */
const taken = (hosted: ReadonlySet<string>) =>
  consumers.flatMap((consumer) => {
    const by = hostOf(consumer.context)
    if (!hosted.has(by)) return []
    const found = meanings.filter(({ message, name }) => consumer.takes.includes(name) && !hosted.has(message.context))
    const all = found.includes(lead) ? [...OrderingMeanings.meanings, ...found] : found
    return all.map((meaning) => ({ by, meaning }))
  })

/** What is heard by contexts that are hosted together, in the order of {@link meanings}. */
export const heardBy = (contexts: ReadonlyArray<string>): ReadonlyArray<Meaning.AnyMeaning> => {
  const all = new Set(taken(new Set(contexts)).map(({ meaning }) => meaning))
  return meanings.filter((meaning) => all.has(meaning))
}

/**
 * What hears for contexts that are hosted together: none when they take nothing of contexts elsewhere. It is called after those
 * that hear; the order of `contexts` is of no concern.
 */
export const subscribers = (contexts: ReadonlyArray<string>): ReadonlyArray<Subscriber.Subscriber<EventStore>> => {
  const heard = heardBy(contexts)
  if (heard.length === 0) return []
  const names = Array.from(new Set(taken(new Set(contexts)).map(({ by }) => by))).toSorted()
  return [Hearing.make(["hearing", ...names].join("-"), heard, heard.includes(lead) ? { lead } : {})]
}
