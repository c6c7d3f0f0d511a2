/** What the messages of payments mean to those who act upon payments and keep a log of their own. */
import { Meaning } from "@eventfold/decider"
import { Schema } from "effect"
import { DeclineCode } from "./DeclineCode.ts"
import * as Events from "./PaymentEvents.ts"
import * as Messages from "./PaymentsMessages.ts"

const isKnown = Schema.is(DeclineCode)

/** The messages that others act upon, each with its event. A reason to decline that is not known here is `other`. */
export const meanings = [
  Meaning.make(Messages.PaymentCapturedV1, Events.PaymentCaptured, ({ capturedAt: occurredAt, ...told }) => ({
    _tag: "PaymentCaptured" as const,
    occurredAt,
    ...told
  })),
  Meaning.make(Messages.CardDeclinedV1, Events.CardDeclined, ({ code, declinedAt: occurredAt, ...told }) => ({
    _tag: "CardDeclined" as const,
    occurredAt,
    ...told,
    code: isKnown(code) ? code : "other"
  }))
] as const
