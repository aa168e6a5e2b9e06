DROP TABLE attention, talk_sessions;
