/**
 * What is written to customers: pure, from news to a letter, in plain text.
 *
 * Guarantee: whatever a name or a carrier is, a subject is one line of at most 200 characters, and no text has characters that
 * steer consoles or phones. A text message fits into 160 characters.
 */
import { Money, OrderId } from "@eventfold/shared-kernel"
import { DateTime } from "effect"
import type { News } from "./News.ts"

/** What the letters about an order are made of. */
export interface About {
  readonly orderId: OrderId
  readonly total: Money.Money
  readonly news: News
}

/** A letter without its address. */
export interface Written {
  readonly subject: string
  readonly text: string
}

/** What an order is called among people: the end of its id. */
export const referenceOf = (orderId: OrderId): string => OrderId.uuidOf(orderId).slice(-8).toUpperCase()

/** The letter to somebody of this name. */
export const letter = ({ news, orderId, total }: About, name: string): Written => {
  const reference = referenceOf(orderId)
  const { body, title } = told(news)
  const lines = [`Dear ${inLine(name)},`, "", ...body, "", `Your order ${reference}, ${Money.format(total)}.`]
  return { subject: shortened(`${title}: order ${reference}`, 200), text: shortened(lines.join("\n"), 4_000) }
}

/** The same as a text message: one line. */
export const textMessage = ({ news, orderId }: Pick<About, "news" | "orderId">): string =>
  shortened(`Order ${referenceOf(orderId)}: ${told(news).brief}`, 160)

interface Told {
  readonly title: string
  readonly brief: string
  readonly body: ReadonlyArray<string>
}

const told = (news: News): Told => {
  switch (news.kind) {
    case "order-confirmed":
      return {
        title: "Your order is confirmed",
        brief: "it is confirmed.",
        body: ["thank you for your order. It is confirmed, and we write again when it leaves."]
      }
    case "stock-reserved":
      return {
        title: "Your goods are set aside",
        brief: "your goods are set aside for you.",
        body: ["everything you ordered is in stock, and set aside for you."]
      }
    case "order-shipped": {
      const { carrier, estimatedDelivery, trackingNumber } = news
      const way = `with ${inLine(carrier)}, tracking number ${inLine(trackingNumber)}`
      return {
        title: "Your order is on its way",
        brief: `it left ${way}.`,
        body: [`your order left ${way}.`, ...expected(estimatedDelivery)]
      }
    }
    case "delivery-delayed": {
      const when = expected(news.estimatedDelivery)
      return {
        title: "Your order is late",
        brief: ["it will come later than we thought.", ...when].join(" "),
        body: ["we are sorry: the carrier will come later than we thought.", ...when]
      }
    }
    case "order-cancelled":
      return {
        title: "Your order is cancelled",
        brief: "it is cancelled.",
        // Whether money was taken is not heard here: both are true of this sentence.
        body: ["your order is cancelled. If money was taken for it, it is given back."]
      }
  }
}

const expected = (estimate: DateTime.Utc | undefined): ReadonlyArray<string> =>
  estimate === undefined ? [] : [`We expect it on ${DateTime.formatIsoDateUtc(estimate)}.`]

/** On one line, without control characters and broken Unicode. */
const inLine = (text: string): string => text.replaceAll(/[\p{Cc}\p{Cs}\u2028\u2029\s]+/gu, " ").trim()

/** Cut between characters, never inside of one. */
const shortened = (text: string, most: number): string => {
  const characters = Array.from(text)
  return characters.length <= most
    ? text
    : `${characters
        .slice(0, most - 1)
        .join("")
        .trimEnd()}…`
}
