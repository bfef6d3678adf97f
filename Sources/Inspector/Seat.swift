// The room of what people see of the requests that an agent serves.
