/** The gateway as a layer, for programs that have it inside of them. */
export { layer, layerServer } from "./Gateway.ts"
export { GatewaySettings, type GatewaySettingsShape } from "./GatewaySettings.ts"
