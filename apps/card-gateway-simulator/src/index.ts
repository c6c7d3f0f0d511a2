/** A card gateway to try against: declines, time-outs, lost answers and outages as scripted. */
export * as ChargeBook from "./ChargeBook.ts"
export * as Simulator from "./Simulator.ts"
export { CardGatewaySimulator } from "./Simulator.ts"
export * as Trouble from "./Trouble.ts"
