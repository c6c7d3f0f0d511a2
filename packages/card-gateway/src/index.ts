/** The client of a card gateway: its language, translated into that of the payments context. */
export * as CardGatewayHttp from "./CardGatewayHttp.ts"
export * as CardGatewayMemory from "./CardGatewayMemory.ts"
export * as GatewayLanguage from "./GatewayLanguage.ts"
export * as Translation from "./Translation.ts"
export * as Webhooks from "./Webhooks.ts"
