/** The shipping context: shipments, from the request to the delivery. */
