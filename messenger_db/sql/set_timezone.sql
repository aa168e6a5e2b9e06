SELECT set_config('timezone', %(timezone)s, false);
