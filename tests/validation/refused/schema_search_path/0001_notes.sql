SET search_path TO chat;
