/**
 * What other contexts may know of payments: how they are named, how they stand, and which messages and events tell of their
 * outcome. The others are between the payment and its gateway.
 */
export * as PaymentsMeanings from "./PaymentsMeanings.ts"
export * as PaymentsMessages from "./PaymentsMessages.ts"
export { CardToken } from "./CardData.ts"
export { DeclineCode } from "./DeclineCode.ts"
export {
  CaptureDeclined,
  CardDeclined,
  FeeNotReturned,
  PaymentAuthorised,
  PaymentCaptured,
  PaymentRefunded,
  PaymentVoided,
  RefundDeclined
} from "./PaymentEvents.ts"
export { ofOrder, PaymentId, RefundId } from "./PaymentIds.ts"
export { PaymentStatus } from "./PaymentStatus.ts"
