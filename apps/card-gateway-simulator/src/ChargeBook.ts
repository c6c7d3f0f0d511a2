/**
 * What the gateway knows: cards, charges, reversals, and what it has answered under each idempotency key.
 *
 * Every operation is synchronous and whole: it changes everything it changes, or answers why not. What changed is handed to
 * `keep` before it is answered, so that a book read again from what was kept is the same book.
 *
 * Bounded: beyond {@link Limits} the oldest entries are forgotten.
 */
import { createHash } from "node:crypto"
import { GatewayLanguage as Gateway } from "@eventfold/card-gateway"
import { Schema } from "effect"
import { lettersOf } from "./Letters.ts"
import { Card, knownCards } from "./Vault.ts"

/** What is answered: a status and a body. */
export const Answer = Schema.Struct({ status: Schema.Int, body: Schema.Json })
/** What is answered. */
export interface Answer extends Schema.Schema.Type<typeof Answer> {}

/** An entry of the book: enough of them make the book again. */
export const Entry = Schema.Union([
  Schema.Struct({ kind: Schema.Literal("card"), card: Card }),
  Schema.Struct({ kind: Schema.Literal("charge"), charge: Gateway.Charge }),
  Schema.Struct({ kind: Schema.Literal("reversed"), reference: Schema.String }),
  Schema.Struct({ kind: Schema.Literal("declined"), reference: Schema.String }),
  Schema.Struct({ kind: Schema.Literal("answer"), key: Schema.String, request: Schema.String, answer: Answer })
])
/** An entry of the book. */
export type Entry = typeof Entry.Type

/** How much is remembered, of each kind of entry. */
export const limit = 100_000

/** What of an amount the gateway keeps when it is given back: 2.5 %, rounded down. */
export const feeKept = (cents: number): number => Math.floor(cents / 40)

type Result = { readonly answer: Answer; readonly entries: ReadonlyArray<Entry> }

/** An answer that says no. */
export const failure = (
  status: number,
  type: Gateway.Failure["error"]["type"],
  code: string,
  message: string,
  declineCode?: string
): Answer => ({
  status,
  body: { error: { type, code, message, ...(declineCode === undefined ? {} : { decline_code: declineCode }) } }
})

const refused = (answer: Answer): Result => ({ answer, entries: [] })
const invalid = (code: string, message: string) => refused(failure(400, "invalid_request_error", code, message))
const conflict = (code: string, message: string) => refused(failure(409, "invalid_request_error", code, message))

/** Keeps a map from growing: the oldest entry goes. */
const put = <K, V>(map: Map<K, V>, key: K, value: V) => {
  map.set(key, value)
  const [oldest] = map.keys()
  if (map.size > limit && oldest !== undefined) map.delete(oldest)
}

/** Opens the book with the entries that were kept of it; `keep` is handed every new one. */
export const open = (kept: Iterable<Entry>, keep: (entries: ReadonlyArray<Entry>) => void) => {
  const cards = new Map(knownCards.map((card) => [card.token, card]))
  const charges = new Map<string, Gateway.Charge>()
  const byReference = new Map<string, ReadonlyArray<string>>()
  const reversed = new Map<string, true>()
  const declined = new Map<string, true>()
  const answers = new Map<string, { readonly request: string; readonly answer: Answer }>()

  const enter = (entry: Entry) => {
    switch (entry.kind) {
      case "card":
        return put(cards, entry.card.token, entry.card)
      case "charge": {
        const { id, reference } = entry.charge
        const before = byReference.get(reference) ?? []
        if (!before.includes(id)) put(byReference, reference, [...before, id])
        return put(charges, id, entry.charge)
      }
      case "reversed":
        return put(reversed, entry.reference, true)
      case "declined":
        return put(declined, entry.reference, true)
      case "answer":
        return put(answers, entry.key, entry)
    }
  }
  for (const entry of kept) enter(entry)

  const record = (entries: ReadonlyArray<Entry>) => {
    keep(entries)
    for (const entry of entries) enter(entry)
  }
  const changed = (charge: Gateway.Charge, status = 200): Result => ({
    answer: { status, body: { ...charge } },
    entries: [{ kind: "charge", charge }]
  })

  const authorise = (key: string, request: Gateway.ChargeRequest, decline?: string): Result => {
    const { amount_cents, currency, reference, source } = request
    const card = cards.get(source)
    if (reversed.has(reference)) return conflict("reference_reversed", "this reference was reversed")
    if (card === undefined) return invalid("source_missing", "no such source")
    if (amount_cents < 1) return invalid("amount_invalid", "the amount must be at least one cent")
    const isOver = card.declines_once === true && declined.has(reference)
    const declineCode = decline ?? (isOver ? undefined : card.decline_code)
    if (declineCode !== undefined) {
      const answer = failure(402, "card_error", "card_declined", "the card was declined", declineCode)
      return { answer, entries: card.declines_once === true ? [{ kind: "declined", reference }] : [] }
    }
    // Named after its key, it has the same name in every run.
    const id = `ch_${lettersOf(key)}`
    const taken = request.capture ? amount_cents : 0
    const status = request.capture ? "captured" : "authorized"
    return changed(
      {
        id,
        object: "charge",
        status,
        amount_cents,
        amount_captured_cents: taken,
        amount_refunded_cents: 0,
        currency,
        reference
      },
      201
    )
  }

  const capture = (id: string, { amount_cents }: Gateway.AmountRequest, decline?: string): Result => {
    const charge = charges.get(id)
    if (charge === undefined)
      return refused(failure(404, "invalid_request_error", "resource_missing", "no such charge"))
    if (charge.status === "voided") return conflict("charge_voided", "the charge was voided")
    if (charge.status === "expired") return conflict("charge_expired", "the charge has expired")
    if (charge.status === "captured") {
      return charge.amount_captured_cents === amount_cents
        ? changed(charge)
        : conflict("charge_already_captured", "the charge was captured already")
    }
    if (amount_cents < 1 || amount_cents > charge.amount_cents) {
      return invalid("amount_invalid", "more than was authorized, or nothing")
    }
    if (decline !== undefined) {
      const { answer } = conflict("charge_expired", `the charge has expired (${decline})`)
      return { answer, entries: [{ kind: "charge", charge: { ...charge, status: "expired" } }] }
    }
    return changed({ ...charge, status: "captured", amount_captured_cents: amount_cents })
  }

  const refund = (key: string, id: string, { amount_cents }: Gateway.AmountRequest, decline?: string): Result => {
    const charge = charges.get(id)
    if (charge === undefined)
      return refused(failure(404, "invalid_request_error", "resource_missing", "no such charge"))
    const refunded = charge.amount_refunded_cents + amount_cents
    if (amount_cents < 1 || refunded > charge.amount_captured_cents) {
      return conflict("refund_too_large", "more than was captured, or nothing")
    }
    if (decline !== undefined) {
      return refused(failure(402, "card_error", "card_declined", "the refund was declined", decline))
    }
    const body: Gateway.Refund = {
      id: `re_${lettersOf(key)}`,
      object: "refund",
      charge: id,
      amount_cents,
      fee_kept_cents: feeKept(amount_cents),
      currency: charge.currency
    }
    const { entries } = changed({ ...charge, amount_refunded_cents: refunded })
    return { answer: { status: 201, body: { ...body } }, entries }
  }

  const find = (reference: string) => (byReference.get(reference) ?? []).flatMap((id) => charges.get(id) ?? [])

  const reverse = ({ reference }: Gateway.ReversalRequest): Result => {
    const ofReference = find(reference)
    if (ofReference.some(({ status }) => status === "captured")) {
      return conflict("charge_already_captured", "a charge of this reference was captured")
    }
    const voided = ofReference.filter(({ status }) => status === "authorized")
    const body: Gateway.Reversal = { object: "reversal", reference, charges: voided.map(({ id }) => id) }
    const entries = voided.map((charge): Entry => ({ kind: "charge", charge: { ...charge, status: "voided" } }))
    return { answer: { status: 200, body: { ...body } }, entries: [{ kind: "reversed", reference }, ...entries] }
  }

  return {
    authorise,
    capture,
    refund,
    reverse,
    /** The charges of a reference, the oldest first. */
    find,
    /** The charge of an identifier. */
    charge: (id: string) => charges.get(id),
    /** Every charge. */
    all: () => [...charges.values()],
    /** Adds a card. */
    addCard: (card: Card) => record([{ kind: "card", card }]),
    /** Does what was asked under a key, once; what is asked again is answered as before, and changes nothing. */
    once: (key: string, request: string, act: () => Result): Result => {
      const digest = createHash("sha256").update(request).digest("hex")
      const before = answers.get(key)
      if (before !== undefined) {
        return refused(
          before.request === digest
            ? before.answer
            : failure(400, "idempotency_error", "idempotency_key_reused", "the key was used for another request")
        )
      }
      const { answer, entries } = act()
      record([...entries, { kind: "answer", key, request: digest, answer }])
      return { answer, entries }
    }
  }
}

/** The book of a gateway. */
export type ChargeBook = ReturnType<typeof open>
