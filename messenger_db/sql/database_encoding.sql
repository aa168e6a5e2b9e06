SELECT getdatabaseencoding();
