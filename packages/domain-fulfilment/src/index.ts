/** How an order is fulfilled across contexts: saga, process manager and choreography, as values. */
