/** The cache of rows of read models in Redis: the only place that knows Redis. */
export * as ReadCacheRedis from "./ReadCacheRedis.ts"
export * as RedisConnection from "./RedisConnection.ts"
