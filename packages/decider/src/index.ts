/** The shapes of the pure side of eventfold. */
export * as Decider from "./Decider.ts"
export * as DomainEvent from "./DomainEvent.ts"
export * as Message from "./Message.ts"
export * as Personal from "./Personal.ts"
export * as Projection from "./Projection.ts"
export * as ReadModel from "./ReadModel.ts"
