/** Messages between contexts: what they look like, and how they travel. */
export * as CloudEvent from "./CloudEvent.ts"
export * as CloudEventHttp from "./CloudEventHttp.ts"
