"""Migration by age: model schedules and their fit, indices of age profiles, net migration by age as a residual."""
