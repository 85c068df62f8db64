select node, number from change_head
