/** The catalogue context: what products cost, and the rules that price an order. Each module is a namespace. */
export * as PriceOrder from "./PriceOrder.ts"
export * as PricingErrors from "./PricingErrors.ts"
export * as PricingRules from "./PricingRules.ts"
export * as Product from "./Product.ts"
