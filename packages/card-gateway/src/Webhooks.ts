/**
 * What the gateway tells by itself: checked to be from it, and translated.
 *
 * A webhook is a hint and no more: which payment something happened to. What happened is asked of the gateway, under the
 * keys of the payment. So one that comes twice, late or out of order does no harm, and a forged one could do none.
 */
import { createHmac, timingSafeEqual } from "node:crypto"
import { PaymentIds } from "@eventfold/domain-payments"
import { Option, Redacted, Schema } from "effect"
import { WebhookEvent } from "./GatewayLanguage.ts"

/** Something happened to a payment. */
export interface Hint {
  /** The gateway's identifier of the webhook: the same when it comes again. */
  readonly id: string
  readonly paymentId: PaymentIds.PaymentId
}

/** Why a webhook is not believed, or not understood. */
export class WebhookRefused extends Schema.TaggedError<WebhookRefused>()("WebhookRefused", {
  reason: Schema.Literals(["no signature", "wrong signature", "too old", "not understood"])
}) {
  override get message() {
    return `a webhook of the card gateway is refused: ${this.reason}`
  }
}

/** How many seconds the time of a signature may be away from now, so that nobody can send an old webhook for ever. */
export const tolerance = 300

/** The signature of a body at a time, in seconds since 1970: the text of the header. */
export const sign = (secret: Redacted.Redacted, body: string, seconds: number): string =>
  `t=${seconds},v1=${macOf(secret, body, seconds).toString("hex")}`

const macOf = (secret: Redacted.Redacted, body: string, seconds: number) =>
  createHmac("sha256", Redacted.value(secret)).update(`${seconds}.${body}`).digest()

const decode = Schema.decodeOption(Schema.fromJsonString(WebhookEvent))
const paymentIdOf = Schema.decodeOption(PaymentIds.PaymentId)

/**
 * Checks a webhook as it came, byte by byte, and tells which payment it is about. Or why not; a webhook about nothing of
 * ours is `undefined`.
 *
 * @param seconds now, in seconds since 1970
 */
export const read = (
  secret: Redacted.Redacted,
  body: string,
  signature: string | undefined,
  seconds: number
): Hint | WebhookRefused | undefined => {
  const [, time = "", mac = ""] = /^t=(\d{1,12}),v1=([0-9a-f]{64})$/u.exec(signature ?? "") ?? []
  if (mac === "") return new WebhookRefused({ reason: "no signature" })
  const expected = macOf(secret, body, Number(time))
  if (!timingSafeEqual(expected, Buffer.from(mac, "hex"))) return new WebhookRefused({ reason: "wrong signature" })
  if (Math.abs(seconds - Number(time)) > tolerance) return new WebhookRefused({ reason: "too old" })
  const event = decode(body)
  if (Option.isNone(event)) return new WebhookRefused({ reason: "not understood" })
  const { data, id } = event.value
  return Option.match(paymentIdOf(data.object.reference), {
    onNone: () => undefined,
    onSome: (paymentId) => ({ id, paymentId })
  })
}
