-- squawk-ignore ban-set-schema -- not what is tried here
ALTER TABLE notes SET SCHEMA chat;
