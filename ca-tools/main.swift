await CATools.start()
