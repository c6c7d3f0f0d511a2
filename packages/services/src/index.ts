/** Commands and queries between programs that serve different contexts: the command bus, and questions, over HTTP. */
export * as ContextCommandBus from "./ContextCommandBus.ts"
export * as ContextQueryBus from "./ContextQueryBus.ts"
export { contextOf, HostedCommands } from "./HostedCommands.ts"
export { HostedQueries } from "./HostedQueries.ts"
export { breakerOf, type RemoteOptions, type RemoteServices } from "./RemoteCalls.ts"
export { RemoteCommands } from "./RemoteCommands.ts"
export { RemoteQueries } from "./RemoteQueries.ts"
export {
  AnswerTooLong,
  CommandBody,
  QueryBody,
  QueryOutcome,
  ServiceApi,
  ServiceCommands,
  ServiceQueries
} from "./ServiceApi.ts"
export {
  CredentialNotValid,
  type CredentialOptions,
  layerClient as layerCredential,
  NotAService,
  ServiceCredential
} from "./ServiceCredential.ts"
export * as ServiceEndpoint from "./ServiceEndpoint.ts"
