CATools.start()
