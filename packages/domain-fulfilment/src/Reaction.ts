/**
 * A reaction: when this was published, that command is sent, and another one where it is refused. A pure value, and a row of
 * a table for people. Who runs it sends each command under an id that follows from the event, so a repetition is harmless.
 */
import type { Message } from "@eventfold/decider"
import { cancelOrder } from "@eventfold/domain-ordering/OrderCommands"
import { OrderPlaced } from "@eventfold/domain-ordering/published"
import { PaymentCaptured } from "@eventfold/domain-payments/published"
import { ShipmentCancelled, ShipmentDelivered, ShipmentRequested } from "@eventfold/domain-shipping/published"
import { Option, Result, Schema } from "effect"
import type { FulfilmentInput } from "./FulfilmentInput.ts"

/** The schema of the events that are reacted to. */
export const ReactedTo = Schema.Union([
  OrderPlaced,
  PaymentCaptured,
  ShipmentRequested,
  ShipmentDelivered,
  ShipmentCancelled
])
/** An event that is reacted to. */
export type ReactedTo = typeof ReactedTo.Type
type Of<Tag extends ReactedTo["_tag"]> = Extract<ReactedTo, { readonly _tag: Tag }>

/** What a reaction is told. */
export interface Told<Event> {
  readonly event: Event
  /** What was placed, when the order is one that is fulfilled by itself. */
  readonly order: Option.Option<FulfilmentInput>
}

/** A command to be sent, in JSON. */
export interface Sent {
  /** Its name. */
  readonly command: string
  readonly payload: Schema.Json
  /** What is sent where it is refused; none: nobody reacts to that. */
  readonly refused: (refusal: Schema.Json) => Option.Option<Sent>
}

/** One row of the table. */
export interface Reaction {
  /** The context that reacts. */
  readonly context: string
  readonly on: ReactedTo["_tag"]
  /** The name of the command. */
  readonly command: string
  /** The name of the command that is sent where it is refused. */
  readonly otherwise: string | undefined
  /** What is sent; none when this event is none to react to. */
  readonly react: (told: Told<ReactedTo>) => Option.Option<Sent>
}

/** A reaction of a context to an event. */
export const make = <const Tag extends ReactedTo["_tag"], P extends { readonly _tag: string }, A, F>(
  context: string,
  on: Tag,
  command: Message.Command<string, P, A, F>,
  options: {
    readonly send: (told: Told<Of<Tag>>) => Option.Option<NoInfer<P>>
    /** Refused, the order is cancelled: says why. */
    readonly cancels?: (refusal: F) => string
  }
): Reaction => {
  const isOne = (event: ReactedTo): event is Of<Tag> => event._tag === on
  const decodeRefusal = Schema.decodeUnknownResult(Schema.toCodecJson(command.Refusal))
  return {
    context,
    on,
    command: command.name,
    otherwise: options.cancels === undefined ? undefined : cancelOrder.name,
    react: ({ event, order }) => {
      if (!isOne(event)) return Option.none()
      const refused = (json: Schema.Json) =>
        Result.match(decodeRefusal(json), {
          onFailure: () => Option.none(),
          onSuccess: (refusal) => cancelled(event, options.cancels?.(refusal))
        })
      return Option.flatMap(options.send({ event, order }), (payload) => sent(command, payload, refused))
    }
  }
}

const cancelled = ({ occurredAt, orderId }: ReactedTo, reason: string | undefined) =>
  reason === undefined
    ? Option.none()
    : sent(cancelOrder, { _tag: "CancelOrder", orderId, occurredAt, cancelledBy: "system", reason }, () =>
        Option.none()
      )

const sent = <P extends { readonly _tag: string }, A, F>(
  command: Message.Command<string, P, A, F>,
  payload: NoInfer<P>,
  refused: Sent["refused"]
): Option.Option<Sent> => {
  const json = asJson(Schema.encodeSync(Schema.toCodecJson(command.Payload))(payload))
  return Option.some({ command: command.name, payload: json, refused })
}

const asJson = Schema.decodeUnknownSync(Schema.Json)
