/** The ordering context: orders from draft to delivery. Each module is a namespace. */
export * as Order from "./Order.ts"
export * as OrderCommands from "./OrderCommands.ts"
export * as OrderErrors from "./OrderErrors.ts"
export * as OrderEvents from "./OrderEvents.ts"
export * as OrderLines from "./OrderLines.ts"
export * as OrderState from "./OrderState.ts"
export * as OrderStatus from "./OrderStatus.ts"
export * as OrderSummary from "./OrderSummary.ts"
