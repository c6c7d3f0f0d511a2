/** Every eventfold port on PostgreSQL, embedded or served, and the databases themselves. */
export * as Database from "./Database.ts"
export { DatabaseInfo } from "./DatabaseInfo.ts"
export * as EmbeddedDatabase from "./EmbeddedDatabase.ts"
export * as Migrations from "./Migrations.ts"
export { layerPostgres } from "./PostgresLayers.ts"
