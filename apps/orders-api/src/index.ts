/** What other programs use of the service: the API as a value, for typed clients, and its problems. */
export { Api, version } from "./http/Api.ts"
export * as OrderBodies from "./http/OrderBodies.ts"
export { OrderHistoryPage, OrderListPage } from "./http/OrdersApi.ts"
export { Healthy, Unhealthy } from "./http/HealthApi.ts"
export * as Problems from "./http/Problems.ts"
export { OrderDetail } from "./queries/OrderQueries.ts"
