SELECT set_config('lock_timeout', :milliseconds || 'ms', true);
