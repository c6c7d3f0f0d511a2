/** The analytics context: what happens to orders per day and product, from messages only. Each module is a namespace. */
export * as CountCommands from "./CountCommands.ts"
export * as CountedOrder from "./CountedOrder.ts"
export * as CountEvents from "./CountEvents.ts"
export * as DayFigures from "./read/DayFigures.ts"
export * as Heard from "./Heard.ts"
export * as OrderContent from "./OrderContent.ts"
export * as ProductFigures from "./read/ProductFigures.ts"
