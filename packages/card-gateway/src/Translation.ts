/**
 * The one place where the gateway's language becomes ours, and ours the gateway's: amounts, codes, errors.
 *
 * What the gateway says in free text goes no further: it may name a card.
 */
import { CardGateway, type DeclineCode } from "@eventfold/domain-payments"
import type { PaymentId } from "@eventfold/domain-payments/PaymentIds"
import { Currency, type Money } from "@eventfold/shared-kernel"
import { Option, Schema } from "effect"
import type * as Gateway from "./GatewayLanguage.ts"

/** The amount in cents: hundredths of a major unit. None when there are fewer than a cent in it, or more than can be said. */
export const centsOf = ({ amount, currency }: Money.Money): Option.Option<number> => {
  const decimals = Currency.decimalsOf(currency)
  const divisor = 10 ** Math.max(decimals - 2, 0)
  const cents = (amount * 10 ** Math.max(2 - decimals, 0)) / divisor
  return amount % divisor === 0 && Number.isSafeInteger(cents) ? Option.some(cents) : Option.none()
}

/** The currency in the gateway's spelling. */
export const currencyCode = (currency: Currency.Currency): string => currency.toLowerCase()

const isCurrency = Schema.is(Currency.Currency)

/** Money out of cents. None for a currency nobody knows, and for cents that the currency does not have. */
export const moneyOf = (cents: number, code: string): Option.Option<Money.NonNegativeMoney> => {
  const currency = code.toUpperCase()
  if (!isCurrency(currency)) return Option.none()
  const decimals = Currency.decimalsOf(currency)
  const divisor = 10 ** Math.max(2 - decimals, 0)
  const amount = (cents * 10 ** Math.max(decimals - 2, 0)) / divisor
  return cents % divisor === 0 && Number.isSafeInteger(amount) ? Option.some({ amount, currency }) : Option.none()
}

/**
 * A fee out of cents. What is less than a minor unit of its currency counts as one, so that never less is said to be
 * missing than is.
 */
export const feeOf = (cents: number, code: string): Option.Option<Money.NonNegativeMoney> => {
  const currency = code.toUpperCase()
  if (!isCurrency(currency)) return Option.none()
  const divisor = 10 ** Math.max(2 - Currency.decimalsOf(currency), 0)
  return moneyOf(Math.ceil(cents / divisor) * divisor, code)
}

/** What the bank of a card says, with the code `card_declined`. */
const declines: Readonly<Record<string, DeclineCode.DeclineCode>> = {
  insufficient_funds: "insufficient-funds",
  card_velocity_exceeded: "limit-exceeded",
  withdrawal_count_limit_exceeded: "limit-exceeded",
  expired_card: "card-expired",
  do_not_honor: "card-refused",
  generic_decline: "card-refused",
  call_issuer: "card-refused",
  fraudulent: "suspected-fraud",
  lost_card: "suspected-fraud",
  stolen_card: "suspected-fraud"
}

/** What the gateway says itself. */
const codes: Readonly<Record<string, DeclineCode.DeclineCode>> = {
  expired_card: "card-expired",
  source_missing: "token-unknown",
  amount_invalid: "amount-not-supported",
  currency_not_supported: "amount-not-supported",
  charge_expired: "authorisation-expired",
  charge_already_captured: "already-captured",
  refund_too_large: "already-refunded",
  charge_voided: "payment-void",
  reference_reversed: "payment-void"
}

/**
 * What an answer that is no success means to us. A decline is a code we know, or a card error; that the gateway is busy
 * with the same request is passing; everything else says that we ask wrongly, or that the gateway is not well.
 */
export const errorOf = (
  paymentId: PaymentId,
  status: number,
  failure: Option.Option<Gateway.Failure>
): CardGateway.GatewayError => {
  const unavailable = (problem: CardGateway.GatewayUnavailable["problem"]) =>
    new CardGateway.GatewayUnavailable({ paymentId, problem })
  if (status >= 500 || status === 429 || status === 409) {
    const declined = Option.flatMap(failure, ({ error }) => Option.fromUndefinedOr(codes[error.code]))
    return status === 409 && Option.isSome(declined)
      ? new CardGateway.GatewayDeclined({ paymentId, code: declined.value })
      : unavailable("failing")
  }
  if (Option.isNone(failure)) return unavailable("unexpected")
  const { code, decline_code: declineCode = "", type } = failure.value.error
  const ours = code === "card_declined" ? declines[declineCode] : codes[code]
  if (ours !== undefined) return new CardGateway.GatewayDeclined({ paymentId, code: ours })
  return type === "card_error"
    ? new CardGateway.GatewayDeclined({ paymentId, code: "other" })
    : unavailable("refused-us")
}
